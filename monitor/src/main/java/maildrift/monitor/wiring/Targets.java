package maildrift.monitor.wiring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import maildrift.monitor.config.ProfileUse;
import maildrift.monitor.config.TargetList;
import maildrift.monitor.json.CheckJson;

/**
 * What a target's labels declare of a domain, as one entry of {@code domains:}. Labels that are not
 * ours are somebody else's: the same list may be read by Prometheus.
 */
final class Targets {
  private static final List<String> TEXTS =
      List.of("tenant", "tls_level", "forwarding_server", "smarthost", "allowed_sending_servers");

  private Targets() {}

  /**
   * The entry, in JSON.
   *
   * @throws IllegalArgumentException when a label is not understood
   */
  static String definition(TargetList.Target target) {
    var labels = target.labels();
    var definition = new LinkedHashMap<String, Object>();
    definition.put("name", target.name());
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
        list(labels, "dkim_selectors", ",").map(name -> Map.of("selector", name)).toList();
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
