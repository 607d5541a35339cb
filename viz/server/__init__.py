"""The server of the app: who may ask, what may be asked, and how it is started."""
