"""The staff's desk: login, day, queue, case. Views are thin: permission, one call below, one template."""
