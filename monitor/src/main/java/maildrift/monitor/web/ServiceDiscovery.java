package maildrift.monitor.web;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import maildrift.monitor.json.CheckJson;
import maildrift.monitor.state.DomainState;
import maildrift.monitor.state.Sample;
import maildrift.monitor.web.WebServer.Answer;
import maildrift.monitor.web.WebServer.Request;
import maildrift.probes.domain.Prescription;
import tools.jackson.core.JsonGenerator;

/**
 * What there is to scrape or to probe, as http_sd reads it: the managed domains, or the mail hosts
 * that they share, each once.
 */
final class ServiceDiscovery {
  private static final String DOMAINS = "domain";
  private static final String HOSTS = "host";

  private final Backend backend;

  ServiceDiscovery(Backend backend) {
    this.backend = backend;
  }

  Answer targets(Request request) {
    var tenant = request.query("tenant");
    // An empty list would make Prometheus drop all that it scrapes, without a word.
    tenant.ifPresent(id -> Parameters.among("tenant", id, tenants()));
    var states =
        backend.domains().stream()
            .filter(state -> tenant.map(state.domain().tenant().id()::equals).orElse(true))
            .toList();
    return switch (request.query("role").orElse(DOMAINS)) {
      case DOMAINS -> list(json -> states.forEach(state -> domain(json, state)));
      case HOSTS -> list(json -> hosts(states).forEach((host, seen) -> host(json, host, seen)));
      default ->
          throw Refusal.badRequest(
              "role is %s, for managed domains, or %s, for their mail hosts"
                  .formatted(DOMAINS, HOSTS));
    };
  }

  private Set<String> tenants() {
    var tenants = new TreeSet<>(backend.config().tenants().keySet());
    backend.domains().forEach(state -> tenants.add(state.domain().tenant().id()));
    tenants.remove("");
    return tenants;
  }

  /** Writes items of the list. */
  @FunctionalInterface
  private interface Items {
    void write(JsonGenerator json);
  }

  private static Answer list(Items items) {
    return Answer.json(
        CheckJson.bytes(
            json -> {
              json.writeStartArray();
              items.write(json);
              json.writeEndArray();
            }));
  }

  private static void target(JsonGenerator json, String target, Map<String, String> labels) {
    json.writeStartObject();
    json.writeArrayPropertyStart("targets");
    json.writeString(target);
    json.writeEndArray();
    json.writeObjectPropertyStart("labels");
    labels.forEach(json::writeStringProperty);
    json.writeEndObject();
    json.writeEndObject();
  }

  /** Nothing that changes from look to look: each other label would be another target. */
  private static void domain(JsonGenerator json, DomainState state) {
    var domain = state.domain();
    var name = domain.name().toString();
    var tenant = domain.tenant().id();
    var labels = new TreeMap<String, String>();
    labels.put("domain", name);
    labels.put("tenant", tenant);
    labels.put("__meta_maildrift_domain", name);
    labels.put("__meta_maildrift_tenant", tenant);
    labels.put("__meta_maildrift_tenant_name", domain.tenant().name());
    domain
        .tenant()
        .labels()
        .forEach((label, value) -> labels.put("__meta_maildrift_tenant_label_" + label, value));
    labels.put(
        "__meta_maildrift_profiles",
        String.join(
            ",", domain.prescriptions().stream().map(Prescription::profile).distinct().toList()));
    domain.tlsLevel().ifPresent(level -> labels.put("__meta_maildrift_tls_level", level.word()));
    target(json, name, labels);
  }

  /** A mail host, as far as a look got to it, and whose it is. */
  private record Host(String name, String port) {
    String target() {
      return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
    }
  }

  private record Seen(TreeSet<String> tenants, int domains) {}

  private static Map<Host, Seen> hosts(List<DomainState> states) {
    var hosts =
        new TreeMap<Host, Seen>(
            java.util.Comparator.comparing(Host::name).thenComparing(Host::port));
    for (var state : states) {
      for (var probe : state.probes().values()) {
        for (var sample : probe.samples()) {
          if (sample.kind() == Sample.Kind.TLS_LEVEL) {
            hosts.merge(
                new Host(sample.first(), sample.second()),
                new Seen(new TreeSet<>(List.of(state.domain().tenant().id())), 1),
                (old, more) -> {
                  old.tenants().addAll(more.tenants());
                  return new Seen(old.tenants(), old.domains() + 1);
                });
          }
        }
      }
    }
    return hosts;
  }

  private static void host(JsonGenerator json, Host host, Seen seen) {
    var labels = new TreeMap<String, String>();
    labels.put("__meta_maildrift_host", host.name());
    labels.put("__meta_maildrift_port", host.port());
    // Between commas, so that one regular expression finds a whole name.
    labels.put("__meta_maildrift_tenants", "," + String.join(",", seen.tenants()) + ",");
    labels.put("__meta_maildrift_domains", Integer.toString(seen.domains()));
    target(json, host.target(), labels);
  }
}
