"""Reading files of orders (CSV, Excel, JSON) into orders; pure, nothing is written here."""
