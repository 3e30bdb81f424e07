"""An engine that joins finished clips into one film."""
