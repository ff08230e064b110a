"""Which category a message belongs to, learnt from messages that people have labelled."""
