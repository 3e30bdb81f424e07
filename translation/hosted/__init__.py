"""Translation services, one module each: their requests, their answers, their errors."""
