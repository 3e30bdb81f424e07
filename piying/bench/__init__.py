"""What ``piying bench`` measures."""
