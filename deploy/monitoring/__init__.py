"""What watches the watchers: Prometheus rules and a Grafana dashboard."""
