"""MediaLive: channels, inputs, input security groups, tags, alerts."""
