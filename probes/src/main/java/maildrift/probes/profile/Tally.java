package maildrift.probes.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Prescription.Demand;
import maildrift.probes.domain.Role;
import maildrift.probes.profile.Detector.Choice;
import maildrift.probes.profile.Evidence.Confidence;

/** What speaks for one choice of a profile, and what against it. */
final class Tally {
  private static final int MX = 20;
  private static final int WHOLE_SET = 5;
  private static final int SPF = 10;
  private static final int KEY = 8;
  private static final int OWN_HOST = 8;
  private static final int RECORD = 5;
  private static final int HINT = 5;
  private static final int ADDRESS = 3;
  private static final int PLAIN_SELECTOR = 1;
  private static final int ENOUGH = 5;

  private final Choice choice;
  private final Sections sections;
  private final Map<String, String> captured = new LinkedHashMap<>();

  /** What was seen → what is said of it. */
  private final Map<String, String> because = new LinkedHashMap<>();

  private final Set<String> against = new LinkedHashSet<>();
  private Confidence confidence = Confidence.GUESS;
  private int score;
  private int loose;
  private boolean hasMx;
  private boolean hasSpf;
  private boolean holdsMailboxes;

  private Tally(Choice choice) {
    this.choice = choice;
    this.sections = choice.sections();
  }

  static Tally of(Choice choice, Clues clues) {
    var tally = new Tally(choice);
    tally.mx(clues);
    tally.spf(clues);
    tally.keys(clues);
    tally.records(clues);
    tally.hosts(clues);
    tally.addresses(clues);
    return tally;
  }

  boolean isEnough() {
    return score >= ENOUGH;
  }

  int score() {
    return score;
  }

  /** How many clues would fit other customers, or other regions, as well. */
  int loose() {
    return loose;
  }

  boolean hasMx() {
    return hasMx;
  }

  Optional<String> region() {
    return Optional.ofNullable(choice.given().get("region"));
  }

  void add(String objection) {
    against.add(objection);
  }

  /** What fits another region, and not this one. */
  void foreign(Tally other) {
    other.because.forEach(
        (clue, said) -> {
          if (!because.containsKey(clue)) {
            against.add("%s, which is of region %s".formatted(said, other.region().orElse("")));
          }
        });
  }

  private void mx(Clues clues) {
    var best = Optional.<MxSet>empty();
    for (var set : sections.mx().orElse(List.of())) {
      var seen = new MxSet(set, clues.mx());
      if (!seen.matched.isEmpty() && best.filter(before -> !seen.isBetter(before)).isEmpty()) {
        best = Optional.of(seen);
      }
    }
    if (best.isEmpty()) {
      return;
    }
    var set = best.get();
    set.matched.forEach(
        (host, template) ->
            clue("mx", "MX " + host, "MX " + host, template, host, MX, Confidence.MEDIUM));
    hasMx = !set.matched.isEmpty();
    set.missing.forEach(
        template ->
            against.add("its MX %s is not published".formatted(template.fill(choice.values()))));
    set.extra.forEach(host -> against.add("MX %s is none of its hosts".formatted(host)));
    if (set.missing.isEmpty() && set.extra.isEmpty()) {
      score += WHOLE_SET;
      raise("mx", Confidence.HIGH);
    }
  }

  /** The published hosts beside one set. */
  private final class MxSet {
    private final Map<String, Template> matched = new LinkedHashMap<>();
    private final List<Template> missing = new ArrayList<>();
    private final List<String> extra = new ArrayList<>();

    MxSet(List<Sections.Host> set, List<DnsName> published) {
      for (var host : published) {
        set.stream()
            .map(Sections.Host::host)
            .filter(template -> capture(template, host.toString()).isPresent())
            .findFirst()
            .ifPresentOrElse(
                template -> matched.put(host.toString(), template),
                () -> extra.add(host.toString()));
      }
      set.stream()
          .map(Sections.Host::host)
          .filter(template -> !matched.containsValue(template))
          .forEach(missing::add);
    }

    boolean isBetter(MxSet other) {
      return matched.size() - missing.size() - extra.size()
          > other.matched.size() - other.missing.size() - other.extra.size();
    }
  }

  private void spf(Clues clues) {
    if (sections.spf().isEmpty()) {
      return;
    }
    var spf = sections.spf().get();
    for (var name : clues.spf()) {
      var right = first(spf.authorise(), name).or(() -> first(spf.hosts(), name));
      var hint = first(spf.also(), name);
      var wrong =
          spf.avoid().entrySet().stream()
              .filter(entry -> capture(entry.getKey(), name).isPresent())
              .findFirst();
      if (right.isPresent()) {
        hasSpf = true;
        clue("spf", "SPF " + name, "SPF names " + name, right.get(), name, SPF, Confidence.HIGH);
      } else if (hint.isPresent()) {
        hasSpf = true;
        clue("spf", "SPF " + name, "SPF names " + name, hint.get(), name, HINT, Confidence.LOW);
      } else if (wrong.isPresent()) {
        var template = wrong.get().getKey();
        clue("spf", "SPF " + name, "SPF names " + name, template, name, HINT, Confidence.LOW);
        hasSpf = true;
      }
      wrong
          .filter(_ -> right.isEmpty())
          .ifPresent(entry -> against.add("SPF names %s: %s".formatted(name, entry.getValue())));
    }
  }

  private Optional<Template> first(List<Template> templates, String name) {
    return templates.stream().filter(template -> capture(template, name).isPresent()).findFirst();
  }

  private void keys(Clues clues) {
    for (var dkim : sections.dkim().orElse(List.of())) {
      if (!dkim.selector().isKnown(choice.values())) {
        continue;
      }
      var selector = dkim.selector().fill(choice.values());
      var seen = Optional.ofNullable(clues.keys().get(selector));
      if (seen.isEmpty()) {
        continue;
      }
      var place = selector + "._domainkey";
      var alias = seen.get().alias().map(DnsName::toString);
      if (dkim.cname().isPresent()) {
        if (alias.flatMap(target -> capture(dkim.cname().get(), target)).isPresent()) {
          holdsMailboxes = true;
          clue(
              "dkim",
              place,
              "%s leads to %s".formatted(place, alias.get()),
              dkim.cname().get(),
              alias.get(),
              KEY,
              Confidence.HIGH);
        } else if (alias.isEmpty()) {
          against.add(place + " is a key of its own, and no alias to the provider");
        }
      } else if (dkim.key().isPresent()) {
        if (isKey(seen.get().text(), dkim.key().get())) {
          clue("dkim", place, place + " has the provider's key", KEY, Confidence.HIGH);
        } else {
          against.add(place + " has another key than the provider's");
        }
      } else {
        clue("dkim", place, place + " is there", PLAIN_SELECTOR, Confidence.LOW);
      }
    }
  }

  private static boolean isKey(String record, String key) {
    var bare = new StringBuilder();
    record.chars().filter(c -> !Character.isWhitespace(c)).forEach(c -> bare.append((char) c));
    var at = bare.indexOf("p=" + key);
    var end = at + 2 + key.length();
    return at >= 0 && (end == bare.length() || bare.charAt(end) == ';');
  }

  private void records(Clues clues) {
    for (var entry : sections.records().orElse(List.of())) {
      var at = new Clues.At(entry.prefix(), entry.type());
      for (var value : clues.records().getOrDefault(at, List.of())) {
        var said = "%s %s %s".formatted(entry.prefix(), entry.type(), value);
        var wanted = entry.value().fill(choice.values());
        if (entry.demand() == Demand.FORBIDDEN) {
          if (wanted.isEmpty() || isLike(wanted, value)) {
            against.add(said + " must not be there");
            score--;
          }
        } else if (!wanted.isEmpty() && isLike(wanted, value)) {
          holdsMailboxes = true;
          clue("records", said, said, RECORD, Confidence.MEDIUM);
        }
      }
    }
  }

  /** Word by word; a star stands for one. */
  private static boolean isLike(String wanted, String value) {
    var words = value.split(" ", -1);
    var wishes = wanted.split(" ", -1);
    if (words.length != wishes.length) {
      return false;
    }
    for (var i = 0; i < words.length; i++) {
      if (!wishes[i].equals("*") && !wishes[i].equalsIgnoreCase(words[i])) {
        return false;
      }
    }
    return true;
  }

  private void hosts(Clues clues) {
    for (var host : choice.ownHosts()) {
      if (clues.hosts().contains(host)) {
        holdsMailboxes |= choice.profile().roles().contains(Role.MAILBOX);
        clue("forwarding", host.toString(), host + " exists", OWN_HOST, Confidence.MEDIUM);
      }
    }
  }

  private void addresses(Clues clues) {
    if (!hasMx) {
      return;
    }
    var networks = sections.networks().orElse(List.of());
    for (var address : clues.addresses()) {
      networks.stream()
          .filter(network -> network.contains(address))
          .findFirst()
          .ifPresent(
              network ->
                  clue(
                      "networks",
                      address.getHostAddress(),
                      "an MX host has an address in " + network,
                      ADDRESS,
                      Confidence.MEDIUM));
    }
  }

  private void clue(
      String fact,
      String seen,
      String said,
      Template template,
      String name,
      int weight,
      Confidence strength) {
    var values = capture(template, name).orElse(Map.of());
    for (var value : values.entrySet()) {
      var before = captured.putIfAbsent(value.getKey(), value.getValue());
      if (before != null && !before.equals(value.getValue())) {
        against.add(
            "%s: %s is %s there, and %s elsewhere"
                .formatted(said, value.getKey(), value.getValue(), before));
        return;
      }
    }
    if (!values.isEmpty() || template.text().indexOf('*') >= 0) {
      loose++;
    }
    clue(fact, seen, said, weight, strength);
  }

  private void clue(String fact, String seen, String said, int weight, Confidence strength) {
    if (because.putIfAbsent(seen, said) == null) {
      score += weight;
      raise(fact, strength);
    }
  }

  /** No clue is surer than the profile is of what it means. */
  private void raise(String fact, Confidence strength) {
    var known =
        sections.evidence().stream()
            .filter(evidence -> evidence.facts().contains(fact))
            .map(Evidence::confidence)
            .min(Confidence::compareTo)
            .orElse(Confidence.HIGH);
    var sure = known.compareTo(strength) > 0 ? known : strength;
    if (sure.compareTo(confidence) < 0) {
      confidence = sure;
    }
  }

  private Optional<Map<String, String>> capture(Template template, String name) {
    return template
        .capture(name, choice.values())
        .filter(
            values ->
                values.entrySet().stream()
                    .allMatch(
                        value ->
                            Optional.ofNullable(choice.profile().parameters().get(value.getKey()))
                                .flatMap(about -> about.objection(value.getValue()))
                                .isEmpty()));
  }

  Detected detected(boolean somebodyElseTakesMail) {
    var parameters = new LinkedHashMap<>(choice.given());
    var defaults = choice.profile().values(choice.domain(), choice.given());
    captured.forEach(
        (key, value) -> {
          if (choice.profile().parameters().containsKey(key) && !value.equals(defaults.get(key))) {
            parameters.put(key, value);
          }
        });
    if (hasMx && somebodyElseTakesMail) {
      against.add("another provider takes the domain's mail, too");
    }
    return new Detected(
        choice.profile(),
        role(somebodyElseTakesMail),
        parameters,
        confidence,
        List.copyOf(because.values()),
        List.copyOf(against));
  }

  private Role role(boolean somebodyElseTakesMail) {
    var roles = choice.profile().roles();
    if (hasMx && !somebodyElseTakesMail && roles.contains(Role.INBOUND)) {
      return Role.INBOUND;
    }
    if (holdsMailboxes && roles.contains(Role.MAILBOX)) {
      return Role.MAILBOX;
    }
    if (hasSpf && roles.contains(Role.OUTBOUND)) {
      return Role.OUTBOUND;
    }
    return roles.stream()
        .filter(role -> role != Role.INBOUND)
        .findFirst()
        .orElse(somebodyElseTakesMail ? Role.OUTBOUND : Role.INBOUND);
  }
}
