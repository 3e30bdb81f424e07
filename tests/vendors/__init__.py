"""Vendors' video APIs on loopback, each as strict as its documentation."""
