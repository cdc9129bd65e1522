"""The one way to the Messages API. Nothing here knows what is asked, or stores anything."""
