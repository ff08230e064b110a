"""What other systems use of the portal: REST with tokens, webhooks, feeds. A face over all apps; nobody imports it."""
