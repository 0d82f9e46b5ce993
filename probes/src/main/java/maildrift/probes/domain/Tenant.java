package maildrift.probes.domain;

import java.util.Map;

/**
 * The customer that a managed domain belongs to.
 *
 * @param id the key in the configuration, also the label {@code tenant}
 * @param name shown to people
 * @param labels added to the alerts of its domains
 */
public record Tenant(String id, String name, Map<String, String> labels) {

  /** Of a domain that names none; the label is empty. */
  public static final Tenant NONE = new Tenant("", "", Map.of());

  public Tenant {
    labels = Map.copyOf(labels);
  }
}
