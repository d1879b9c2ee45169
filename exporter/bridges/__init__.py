"""Optional bridges that send readings to other programs through MQTT and LSL."""
