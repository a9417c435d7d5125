"""What the rehearsals of deployments share: their steps, and how these are shown."""
