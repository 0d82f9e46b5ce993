package maildrift.monitor.store;

import maildrift.alerts.Alert;

/** An alert and the domain it belongs to; its key is the alert's fingerprint. */
public record DomainAlert(String domain, Alert alert) {}
