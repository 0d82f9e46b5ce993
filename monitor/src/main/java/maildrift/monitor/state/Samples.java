package maildrift.monitor.state;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import maildrift.monitor.state.Sample.Kind;
import maildrift.probes.Finding;
import maildrift.probes.Judgement;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.domain.TlsLevel;

/**
 * Takes the numbers out of a probe's facts; the facts may come from a probe or, after a restart,
 * from the store. A number that a look could not see stays what it was.
 */
final class Samples {
  private Samples() {}

  /**
   * The numbers after a look: those that it saw, and of those before the ones that its gaps hide.
   * What a look without a gap does not show is gone.
   */
  static List<Sample> after(
      String probe, Judgement judgement, ManagedDomain domain, List<Sample> before) {
    var facts = judgement.facts();
    var fresh = of(probe, facts);
    if (judgement.gaps().isEmpty()) {
      return fresh;
    }
    var incomplete = Boolean.FALSE.equals(facts.get("complete"));
    var all = new ArrayList<Sample>();
    fresh.stream()
        .filter(sample -> !incomplete || !hidden(sample, judgement, domain))
        .map(
            sample ->
                isOfAddress(sample) && hidden(sample, judgement, domain)
                    ? before.stream().filter(sample::isSameSeries).reduce(sample, Samples::worse)
                    : sample)
        .forEach(all::add);
    before.stream()
        .filter(old -> all.stream().noneMatch(own -> own.isSameSeries(old)))
        .filter(old -> hidden(old, judgement, domain))
        .toList()
        .forEach(all::add);
    return List.copyOf(all);
  }

  /** Whether a gap hides the rule that is judged by this very number. */
  private static boolean hidden(Sample sample, Judgement judgement, ManagedDomain domain) {
    var name = domain.name().toString();
    var first = sample.first();
    return switch (sample.kind()) {
      case SPF_LOOKUPS -> hides(judgement, "spf.lookups", name);
      case SPF_VOID_LOOKUPS -> hides(judgement, "spf.void", name);
      // A part of the tree is enough to miss networks, and not to be sure of any number of them.
      case SPF_NETBLOCKS ->
          Boolean.FALSE.equals(judgement.facts().get("complete"))
              || hides(judgement, "spf.present", name);
      case DKIM_KEY_BITS ->
          hides(judgement, "dkim.key-size", first.toLowerCase(Locale.ROOT) + "._domainkey." + name);
      case DMARC_POLICY -> hides(judgement, "dmarc.policy", name);
      case MX_MATCHES_PROFILE -> hides(judgement, "mx.missing", name);
      case TLS_LEVEL, TLS_NOT_AFTER, TLS_CN_MATCH ->
          hides(judgement, "tls.level", first + ":" + sample.second());
      // What is stale or wider is said of the list where it takes from several sources.
      case NETBLOCK_DRIFT ->
          domain.allowlist().filter(list -> list.name().equals(sample.second())).isPresent()
              && (hides(judgement, "netblocks." + sample.third(), first)
                  || hides(judgement, "netblocks." + sample.third(), sample.second()));
    };
  }

  private static boolean hides(Judgement judgement, String rule, String subject) {
    var key = new Finding.Key(rule, subject);
    return judgement.gaps().stream().anyMatch(gap -> gap.hides(key));
  }

  static List<Sample> of(String probe, Map<?, ?> facts) {
    var samples = new ArrayList<Sample>();
    switch (probe) {
      case "spf" -> {
        number(facts, "lookups").ifPresent(n -> samples.add(Sample.of(Kind.SPF_LOOKUPS, n)));
        number(facts, "voidLookups")
            .ifPresent(n -> samples.add(Sample.of(Kind.SPF_VOID_LOOKUPS, n)));
        if (facts.get("netblocks") instanceof List<?> networks) {
          samples.add(Sample.of(Kind.SPF_NETBLOCKS, networks.size()));
        }
      }
      case "dkim" ->
          maps(facts, "selectors")
              .forEach(
                  key ->
                      number(key, "bits")
                          .ifPresent(
                              bits ->
                                  samples.add(
                                      new Sample(
                                          Kind.DKIM_KEY_BITS,
                                          text(key, "selector"),
                                          "",
                                          "",
                                          bits))));
      case "dmarc" -> {
        var policy = text(facts, "effectivePolicy");
        if (!policy.isEmpty()) {
          samples.add(new Sample(Kind.DMARC_POLICY, policy, "", "", 1));
        }
      }
      case "mx" -> {
        var judged = facts.get("matchesProfile");
        if (judged instanceof Boolean matches) {
          samples.add(Sample.of(Kind.MX_MATCHES_PROFILE, matches ? 1 : 0));
        }
      }
      case "tls" -> {
        maps(facts, "hosts").forEach(host -> tls(host, samples));
        return List.copyOf(worst(samples));
      }
      case "netblocks" -> maps(facts, "sources").forEach(source -> netblocks(source, samples));
      default -> {}
    }
    return List.copyOf(samples);
  }

  /**
   * A host has one number; of several addresses the worst, so that none is better than it looks.
   */
  private static List<Sample> worst(List<Sample> ofAddresses) {
    var kept = new ArrayList<Sample>();
    for (var sample : ofAddresses) {
      var twin = kept.stream().filter(sample::isSameSeries).findFirst();
      twin.ifPresent(kept::remove);
      kept.add(twin.map(other -> worse(sample, other)).orElse(sample));
    }
    return kept;
  }

  private static Sample worse(Sample one, Sample other) {
    return one.value() < other.value() ? one : other;
  }

  /** The lower is the worse: a level, the end of a certificate, whether a name matches. */
  private static boolean isOfAddress(Sample sample) {
    return switch (sample.kind()) {
      case TLS_LEVEL, TLS_NOT_AFTER, TLS_CN_MATCH -> true;
      case SPF_LOOKUPS,
          SPF_VOID_LOOKUPS,
          SPF_NETBLOCKS,
          DKIM_KEY_BITS,
          DMARC_POLICY,
          MX_MATCHES_PROFILE,
          NETBLOCK_DRIFT ->
          false;
    };
  }

  private static void tls(Map<?, ?> host, List<Sample> samples) {
    if (!text(host, "outcome").equals("observed")) {
      return;
    }
    var name = text(host, "host");
    var port = text(host, "port");
    TlsLevel.parse(text(host, "level"))
        .ifPresent(level -> samples.add(new Sample(Kind.TLS_LEVEL, name, port, "", level.rank())));
    instant(text(host, "notAfter"))
        .ifPresent(
            end ->
                samples.add(new Sample(Kind.TLS_NOT_AFTER, name, port, "", end.getEpochSecond())));
    if (host.get("cnMatch") instanceof Boolean match) {
      samples.add(new Sample(Kind.TLS_CN_MATCH, name, port, name, match ? 1 : 0));
    }
  }

  private static void netblocks(Map<?, ?> source, List<Sample> samples) {
    var allowlist = text(source, "allowlistName");
    if (allowlist.isEmpty()) {
      return;
    }
    for (var kind : List.of("missing", "stale", "wider")) {
      if (source.get(kind) instanceof List<?> networks) {
        samples.add(
            new Sample(
                Kind.NETBLOCK_DRIFT, text(source, "name"), allowlist, kind, networks.size()));
      }
    }
  }

  private static Optional<Double> number(Map<?, ?> facts, String name) {
    return facts.get(name) instanceof Number number
        ? Optional.of(number.doubleValue())
        : Optional.empty();
  }

  private static String text(Map<?, ?> facts, String name) {
    var value = facts.get(name);
    return value == null ? "" : value.toString();
  }

  private static List<? extends Map<?, ?>> maps(Map<?, ?> facts, String name) {
    return facts.get(name) instanceof List<?> list
        ? list.stream().filter(Map.class::isInstance).map(entry -> (Map<?, ?>) entry).toList()
        : List.of();
  }

  private static Optional<Instant> instant(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
    } catch (DateTimeParseException _) {
      return Optional.empty();
    }
  }
}
