"""Values into what people and programs read: Block Kit, text, JSON, CSV."""
