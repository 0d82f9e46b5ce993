package maildrift.monitor.cli;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import maildrift.monitor.config.Scalars;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.DkimExpectation;
import maildrift.probes.domain.Prescription;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Profile;

/**
 * One region and variant of a profile, filled in for an example domain: what is in it as lines, and
 * as facts.
 *
 * @param given region, variant and parameters
 */
record ProfileChoice(Profile profile, Map<String, String> given) {
  private static final DnsName EXAMPLE = DnsName.of("contoso.tld");

  ProfileChoice {
    given = Collections.unmodifiableMap(new LinkedHashMap<>(given));
  }

  /** Every region, and every variant besides, in what was given. */
  static List<ProfileChoice> all(Profile profile, Map<String, String> given) {
    var regions =
        given.containsKey("region") || profile.regions().isEmpty()
            ? List.of("")
            : List.copyOf(profile.regions().keySet());
    var choices = new ArrayList<ProfileChoice>();
    for (var region : regions) {
      var of = new LinkedHashMap<>(given);
      if (!region.isEmpty()) {
        of.put("region", region);
      }
      choices.add(new ProfileChoice(profile, of));
    }
    if (!given.containsKey("variant")) {
      // What a variant changes is the same in every region.
      var first = choices.getFirst().given();
      for (var variant : profile.variants().keySet()) {
        var of = new LinkedHashMap<>(first);
        of.put("variant", variant);
        choices.add(new ProfileChoice(profile, of));
      }
    }
    return choices;
  }

  private Prescription prescription() {
    return profile.prescribe(EXAMPLE, given, Role.INBOUND);
  }

  /** {@code region za, South Africa}. */
  String title() {
    var words = new ArrayList<String>();
    Optional.ofNullable(given.get("region"))
        .ifPresent(
            region -> words.add("region %s, %s".formatted(region, profile.regions().get(region))));
    Optional.ofNullable(given.get("variant"))
        .ifPresent(
            variant ->
                words.add("variant %s, %s".formatted(variant, profile.variants().get(variant))));
    return String.join("; ", words);
  }

  /** What to paste below a domain. */
  String configuration() {
    var item = new LinkedHashMap<String, String>();
    item.put("name", profile.name());
    item.putAll(given);
    profile
        .parameters()
        .forEach(
            (key, about) -> {
              if (about.required()) {
                item.putIfAbsent(key, "…");
              }
            });
    item.put("role", role().word());
    return "profiles: [%s]".formatted(Scalars.flow(item));
  }

  /** The first that fits: where the MX stays elsewhere, it is not the one that takes the mail. */
  private Role role() {
    var hasMx = profile.evidence(given).stream().anyMatch(one -> one.facts().contains("mx"));
    return profile.roles().stream()
        .filter(role -> role != Role.INBOUND || hasMx)
        .findFirst()
        .orElseGet(profile::defaultRole);
  }

  /** Label → lines; what it does not speak of is not there. Guesses are marked. */
  Map<String, List<String>> lines() {
    var of = prescription();
    var lines = new LinkedHashMap<String, List<String>>();
    if (profile.roles().contains(Role.INBOUND) || !of.mx().isEmpty()) {
      put(lines, "MX", "mx", of, of.mx().stream().map(ProfileChoice::mxSet).toList());
    }
    put(lines, "SPF authorises", "spf", of, names(of.spfAuthorise()));
    put(
        lines,
        "SPF term",
        "spf",
        of,
        of.spfInclude().isEmpty()
            ? List.of()
            : List.of(of.spfInclude() + (of.spfFirst() ? ", as the first term" : "")));
    put(lines, "SPF lets pass", "spf", of, names(of.spfHosts()));
    put(
        lines,
        "SPF lets pass",
        "spf",
        of,
        of.spfProbe().stream().map(java.net.InetAddress::getHostAddress).toList());
    put(
        lines,
        "SPF avoids",
        "",
        of,
        of.spfAvoid().entrySet().stream().map(e -> e.getKey() + ": " + e.getValue()).toList());
    put(lines, "DKIM", "dkim", of, of.dkim().stream().map(ProfileChoice::dkim).toList());
    put(lines, "records", "records", of, of.records().stream().map(ProfileChoice::record).toList());
    put(lines, "netblocks", "netblocks", of, names(of.netblocks()));
    put(
        lines,
        "networks",
        "networks",
        of,
        of.networks().stream().map(network -> network.toString()).toList());
    put(lines, "feeds", "feeds", of, of.feeds());
    put(lines, "forwarding", "forwarding", of, names(of.forwarding()));
    put(lines, "smarthosts", "smarthosts", of, names(of.smarthosts()));
    put(
        lines,
        "client hosts",
        "client_hosts",
        of,
        of.clientHosts().stream()
            .map(client -> "%s, ports %s".formatted(client.host(), words(client.ports())))
            .toList());
    put(
        lines,
        "TLS level",
        "tls_level",
        of,
        of.tlsLevel().map(level -> level.word() + " at least").stream().toList());
    put(lines, "TTL", "ttl", of, ttl(of.ttl()));
    put(
        lines,
        "deviations",
        "",
        of,
        of.deviations().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(e -> e.getKey() + ": " + e.getValue())
            .toList());
    lines.put(
        "evidence",
        profile.evidence(given).stream()
            .map(
                evidence ->
                    "%s: %s, %s (%s)"
                        .formatted(
                            String.join(" ", evidence.facts()),
                            evidence.confidence().word(),
                            evidence.source(),
                            evidence.date()))
            .toList());
    return lines;
  }

  private static void put(
      Map<String, List<String>> lines,
      String label,
      String area,
      Prescription of,
      List<String> what) {
    if (!what.isEmpty()) {
      var mark = of.guessed().contains(area) ? " (a guess)" : "";
      lines
          .computeIfAbsent(label, _ -> new ArrayList<>())
          .addAll(what.stream().map(line -> line + mark).toList());
    }
  }

  private static List<String> names(List<DnsName> names) {
    return names.stream().map(DnsName::toString).toList();
  }

  private static String words(List<?> words) {
    return words.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String mxSet(Prescription.MxSet set) {
    return set.hosts().stream()
        .map(
            host ->
                host.preference().map(preference -> preference + " ").orElse("")
                    + host.host()
                    + (host.several() ? " (any number)" : ""))
        .collect(Collectors.joining(", "));
  }

  private static String dkim(DkimExpectation dkim) {
    return dkim.selector()
        + (dkim.required() ? "" : " (where it is there)")
        + dkim.cname().map(cname -> ", CNAME " + cname).orElse("")
        + dkim.key().map(key -> ", exactly p=" + key).orElse("");
  }

  private static String record(Prescription.RecordRule rule) {
    return "%s %s%s %s%s"
        .formatted(
            rule.prefix().isEmpty() ? "@" : rule.prefix(),
            rule.type(),
            rule.value().isEmpty() ? "" : " " + rule.value(),
            rule.demand().name().toLowerCase(java.util.Locale.ROOT),
            rule.reason().isEmpty() ? "" : ": " + rule.reason());
  }

  private static List<String> ttl(Prescription.Ttl ttl) {
    var lines = new ArrayList<String>();
    ttl.normal().ifPresent(time -> lines.add("%d s in quiet times".formatted(time.toSeconds())));
    ttl.migration()
        .ifPresent(
            time -> lines.add("at most %d s before the MX changes".formatted(time.toSeconds())));
    return lines;
  }

  /** For programs. */
  Map<String, Object> facts() {
    var of = prescription();
    var facts = new LinkedHashMap<String, Object>();
    facts.put("parameters", given);
    facts.put("configuration", configuration());
    facts.put(
        "mx",
        of.mx().stream()
            .map(set -> set.hosts().stream().map(host -> host.host().text()).toList())
            .toList());
    facts.put("spfAuthorise", names(of.spfAuthorise()));
    facts.put("spfInclude", of.spfInclude());
    facts.put("spfHosts", names(of.spfHosts()));
    facts.put(
        "spfProbe", of.spfProbe().stream().map(java.net.InetAddress::getHostAddress).toList());
    facts.put(
        "spfAvoid",
        of.spfAvoid().entrySet().stream()
            .collect(
                Collectors.toMap(
                    e -> e.getKey().toString(),
                    Map.Entry::getValue,
                    (a, _) -> a,
                    LinkedHashMap::new)));
    facts.put("dkim", of.dkim().stream().map(ProfileChoice::dkim).toList());
    facts.put("records", of.records().stream().map(ProfileChoice::record).toList());
    facts.put("netblocks", names(of.netblocks()));
    facts.put("networks", of.networks());
    facts.put("feeds", of.feeds());
    facts.put("forwarding", names(of.forwarding()));
    facts.put("smarthosts", names(of.smarthosts()));
    facts.put(
        "clientHosts",
        of.clientHosts().stream()
            .map(client -> Map.of("host", client.host().toString(), "ports", client.ports()))
            .toList());
    facts.put("tlsLevel", of.tlsLevel().map(level -> level.word()).orElse(""));
    of.ttl().normal().ifPresent(time -> facts.put("ttlNormal", time.toSeconds()));
    of.ttl().migration().ifPresent(time -> facts.put("ttlMigration", time.toSeconds()));
    facts.put("deviations", of.deviations());
    facts.put("guessed", of.guessed().stream().sorted().toList());
    facts.put(
        "evidence",
        profile.evidence(given).stream()
            .map(
                evidence ->
                    Map.of(
                        "facts",
                        evidence.facts(),
                        "source",
                        evidence.source(),
                        "date",
                        evidence.date().toString(),
                        "confidence",
                        evidence.confidence().word()))
            .toList());
    return facts;
  }
}
