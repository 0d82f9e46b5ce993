package maildrift.monitor.wiring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import maildrift.monitor.config.MonitorConfig;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.config.TargetList;
import maildrift.monitor.json.CheckJson;

/**
 * What a target's labels declare of a domain, as one entry of {@code domains:}. Labels that are not
 * ours are somebody else's: the same list may be read by Prometheus.
 */
final class Targets {
  private static final String TENANT = "tenant";
  private static final List<String> TEXTS =
      List.of(TENANT, "tls_level", "forwarding_server", "smarthost", "allowed_sending_servers");

  private Targets() {}

  /**
   * The entry, in JSON.
   *
   * @throws IllegalArgumentException when a label is not understood
   */
  static String definition(TargetList.Target target) {
    return definition(target.name(), target.labels());
  }

  /** Of whose tenant the configuration knows nothing: better watched without than by nobody. */
  static String withoutTenant(TargetList.Target target) {
    var labels = new LinkedHashMap<>(target.labels());
    labels.remove(TENANT);
    return definition(target.name(), labels);
  }

  /** The tenant that it names and the configuration does not. */
  static Optional<String> undeclaredTenant(TargetList.Target target, MonitorConfig config) {
    return Optional.of(target.labels().getOrDefault(TENANT, ""))
        .filter(tenant -> !tenant.isBlank() && !config.tenants().containsKey(tenant));
  }

  private static String definition(String name, Map<String, String> labels) {
    var definition = new LinkedHashMap<String, Object>();
    definition.put("name", name);
    for (var key : TEXTS) {
      var value = labels.getOrDefault(key, "");
      if (!value.isBlank()) {
        definition.put(key, value);
      }
    }
    var profiles = list(labels, "profiles", ";").map(Targets::profile).toList();
    if (!profiles.isEmpty()) {
      definition.put("profiles", profiles);
    }
    var selectors =
        list(labels, "dkim_selectors", ",").map(selector -> Map.of("selector", selector)).toList();
    if (!selectors.isEmpty()) {
      definition.put("dkim", selectors);
    }
    var skip = list(labels, "skip", ",").toList();
    if (!skip.isEmpty()) {
      definition.put("skip", skip);
    }
    var policy = labels.getOrDefault("dmarc_policy", "");
    if (!policy.isBlank()) {
      definition.put("expect", Map.of("dmarc", Map.of("policy", policy)));
    }
    return CheckJson.value(definition);
  }

  private static Map<String, String> profile(String written) {
    var use = ProfileUse.parse(written);
    var profile = new LinkedHashMap<String, String>();
    profile.put("name", use.name());
    use.role().ifPresent(role -> profile.put("role", role.word()));
    profile.putAll(use.parameters());
    return profile;
  }

  private static Stream<String> list(Map<String, String> labels, String key, String separator) {
    return Stream.of(labels.getOrDefault(key, "").split(separator, -1))
        .map(String::strip)
        .filter(item -> !item.isEmpty());
  }
}
