"""The languages of the house: finding messages, keeping their translations, checking and compiling them."""
