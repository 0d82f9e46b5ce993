package maildrift.probes.profile;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.Role;

/** Tells from a domain's DNS which profiles it looks like; pure. */
public final class Detector {
  private static final int MOST_SELECTORS = 100;
  private static final int MOST_RECORDS = 100;
  private static final int MOST_HOSTS = 100;

  /** The region of a profile that stands for all that are not in it. */
  private static final String OTHER = "other";

  private Detector() {}

  /** What to ask for, so that {@link #detect} can tell. */
  public static Clues.Sought sought(Collection<Profile> profiles, DnsName domain) {
    var selectors = new LinkedHashSet<String>();
    var records = new LinkedHashSet<Clues.At>();
    var hosts = new LinkedHashSet<DnsName>();
    for (var profile : profiles) {
      for (var choice : choices(profile, domain)) {
        var sections = choice.sections();
        sections.dkim().orElse(List.of()).stream()
            .filter(dkim -> dkim.selector().isKnown(choice.values()))
            .forEach(dkim -> selectors.add(dkim.selector().fill(choice.values())));
        sections
            .records()
            .orElse(List.of())
            .forEach(entry -> records.add(new Clues.At(entry.prefix(), entry.type())));
        hosts.addAll(choice.ownHosts());
      }
    }
    return new Clues.Sought(
        first(selectors, MOST_SELECTORS), first(records, MOST_RECORDS), first(hosts, MOST_HOSTS));
  }

  private static <T> Set<T> first(Set<T> all, int most) {
    return all.stream().limit(most).collect(java.util.stream.Collectors.toSet());
  }

  /** The likeliest choice of each profile that the clues speak for, inbound first. */
  public static List<Detected> detect(Collection<Profile> profiles, DnsName domain, Clues clues) {
    var found = new ArrayList<Tally>();
    for (var profile : profiles) {
      var tallies =
          choices(profile, domain).stream()
              .map(choice -> Tally.of(choice, clues))
              .filter(Tally::isEnough)
              .toList();
      best(tallies).ifPresent(found::add);
    }
    found.sort(
        Comparator.comparing((Tally tally) -> !tally.hasMx())
            .thenComparing(Comparator.comparingInt(Tally::score).reversed()));
    var detected = new ArrayList<Detected>();
    for (var tally : found) {
      var takesMail = detected.stream().anyMatch(before -> before.role() == Role.INBOUND);
      detected.add(tally.detected(takesMail));
    }
    detected.sort(Comparator.comparing(Detected::role));
    return detected;
  }

  private static Optional<Tally> best(List<Tally> tallies) {
    var order = Comparator.comparingInt(Tally::score).reversed().thenComparingInt(Tally::loose);
    var sorted = tallies.stream().sorted(order).toList();
    if (sorted.isEmpty()) {
      return Optional.empty();
    }
    var best = sorted.getFirst();
    var alike = sorted.stream().filter(one -> order.compare(one, best) == 0).toList();
    var regions = alike.stream().map(Tally::region).flatMap(Optional::stream).distinct().toList();
    if (regions.size() > 1) {
      var chosen =
          alike.stream()
              .filter(one -> one.region().equals(Optional.of(OTHER)))
              .findFirst()
              .orElse(best);
      chosen.add("nothing tells the region: %s fit alike".formatted(String.join(", ", regions)));
      return Optional.of(chosen);
    }
    // What fits another region only speaks against this one.
    tallies.stream()
        .filter(one -> !one.region().equals(best.region()))
        .filter(one -> one.loose() <= best.loose())
        .forEach(one -> best.foreign(one));
    return Optional.of(best);
  }

  /** Every region in every variant, the profile without a variant first. */
  private static List<Choice> choices(Profile profile, DnsName domain) {
    var regions = new ArrayList<>(profile.regions().keySet());
    if (regions.isEmpty()) {
      regions.add("");
    }
    var choices = new ArrayList<Choice>();
    for (var region : regions) {
      for (var variant :
          Stream.concat(Stream.of(""), profile.variants().keySet().stream()).toList()) {
        var given = new LinkedHashMap<String, String>();
        if (!region.isEmpty()) {
          given.put("region", region);
        }
        if (!variant.isEmpty()) {
          given.put("variant", variant);
        }
        choices.add(new Choice(profile, domain, given));
      }
    }
    return choices;
  }

  /**
   * One region and variant of a profile.
   *
   * @param given region and variant
   */
  record Choice(Profile profile, DnsName domain, Map<String, String> given) {
    Sections sections() {
      return profile.chosen(given);
    }

    /** What placeholders stand for before anything was seen. */
    Map<String, String> values() {
      var values = new LinkedHashMap<>(Profile.ofDomain(domain));
      values.putAll(given);
      return values;
    }

    /** Hosts that exist only for a customer: their names come from the domain's. */
    Set<DnsName> ownHosts() {
      var defaults = profile.values(domain, given);
      var hosts = new LinkedHashSet<DnsName>();
      for (var template : hostTemplates(sections())) {
        if (isOwn(template) && template.isKnown(defaults)) {
          DnsName.parse(template.fill(defaults)).ifPresent(hosts::add);
        }
      }
      return hosts;
    }

    private static List<Template> hostTemplates(Sections sections) {
      return Stream.concat(
              sections.forwarding().orElse(List.of()).stream(),
              sections.smarthosts().orElse(List.of()).stream())
          .toList();
    }

    private boolean isOwn(Template template) {
      return template.placeholders().stream()
          .anyMatch(
              name ->
                  Profile.OF_THE_DOMAIN.contains(name)
                      || Optional.ofNullable(profile.parameters().get(name))
                          .flatMap(Profile.Parameter::otherwise)
                          .isPresent());
    }
  }
}
