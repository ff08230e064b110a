"""Text that came by chat or mail, taken apart into the fields of a form; nothing of it gets lost. Pure."""
