"""Tables that come in as files (Excel, CSV, JSON) and go out as Excel or CSV; pure, nothing of the portal's own."""
