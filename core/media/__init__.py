"""Turns frames into files that chats play, and files into what is known about them."""
