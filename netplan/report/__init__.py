"""Tables, JSON, HTML and run.json out of finished results. No arithmetic."""
