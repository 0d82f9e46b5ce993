package maildrift.probes.rbl;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.Finding;
import maildrift.probes.Gap;
import maildrift.probes.Judgement;
import maildrift.probes.Outcome;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.Blocklist;
import maildrift.probes.domain.ManagedDomain;
import maildrift.probes.network.Cidr;
import maildrift.probes.rbl.RblSeen.Consulted;
import maildrift.probes.rbl.RblSeen.Demand;
import maildrift.probes.rbl.RblSeen.Entry;
import maildrift.probes.smtp.CleanText;

/** Decides about one domain. */
final class RblJudge {
  private static final int MOST_REASONS = 4;
  private static final int MOST_REASON = 300;

  private final ManagedDomain domain;
  private final RblSeen seen;
  private final Judgement.Builder judgement = new Judgement.Builder();
  private int answering;

  RblJudge(ManagedDomain domain, RblSeen seen) {
    this.domain = domain;
    this.seen = seen;
  }

  Judgement judge() {
    seen.unseen()
        .forEach(
            (question, unanswered) ->
                judgement.add(
                    Gap.of(
                        RblProbe.NAME,
                        question.toString(),
                        unanswered.why(),
                        RblRules.LISTED.id())));
    var lists = seen.lists().stream().map(this::judge).toList();
    judgement
        .fact("addresses", seen.addresses().keySet().stream().map(Cidr::text).toList())
        .fact("lists", lists);
    if (seen.omitted() > 0) {
      judgement.fact("addressesOmitted", seen.omitted());
    }
    return judgement.build(outcome());
  }

  private Outcome outcome() {
    if (answering > 0) {
      return Outcome.OBSERVED;
    }
    var hasAsked = seen.lists().stream().anyMatch(list -> !list.entries().isEmpty());
    return hasAsked || !seen.unseen().isEmpty() ? Outcome.UNOBSERVABLE : Outcome.ABSENT;
  }

  private Map<String, Object> judge(Consulted consulted) {
    var list = consulted.list();
    var fact = new LinkedHashMap<String, Object>();
    fact.put("list", list.name());
    fact.put("kind", list.kind().word());
    var listed = new ArrayList<Map<String, Object>>();
    fact.put("asked", consulted.entries().size());
    if (consulted.entries().isEmpty()) {
      fact.put("outcome", Outcome.ABSENT.word());
      fact.put("listed", listed);
      return fact;
    }
    switch (trouble(consulted)) {
      case Trouble.None _ -> {
        answering++;
        fact.put("outcome", Outcome.OBSERVED.word());
        consulted.entries().forEach(entry -> judge(list, entry, listed));
      }
      case Trouble.Unseen(var why) -> {
        var clean = clean(list, why);
        fact.put("outcome", Outcome.UNOBSERVABLE.word());
        fact.put("why", clean);
        // A list is somebody else's: that it is silent makes no domain unknown.
        judgement.aside(
            Gap.of(RblProbe.NAME, list.name(), clean, RblRules.UNUSABLE.id()).subject(list.name()));
        consulted.entries().forEach(entry -> judgement.aside(gap(list, entry, clean)));
      }
      case Trouble.NoList(var why) -> {
        fact.put("outcome", Outcome.UNOBSERVABLE.word());
        fact.put("why", why);
        judgement.add(unusable(list, why));
        // It is the list that is wrong, not the domain: that leaves its verdict alone.
        consulted.entries().forEach(entry -> judgement.aside(gap(list, entry, why)));
      }
    }
    fact.put("listed", listed);
    return fact;
  }

  /** Why a list says nothing. */
  private sealed interface Trouble {
    record None() implements Trouble {}

    record Unseen(String why) implements Trouble {}

    record NoList(String why) implements Trouble {}
  }

  /** What the list says against itself counts more than what could not be seen. */
  private static Trouble trouble(Consulted consulted) {
    var unseen = Optional.<String>empty();
    // The operator's choice of answers is one of listings; any answer shows that there is a list.
    var plain = Blocklist.of(consulted.list().zone(), consulted.list().kind());
    for (var test : consulted.tests()) {
      switch (Reading.of(plain, test.answer())) {
        case Reading.NoList(var why) -> {
          return new Trouble.NoList(why);
        }
        case Reading.Unseen(var why) -> unseen = unseen.or(() -> Optional.of(why));
        case Reading.Listed _ -> {
          if (test.demand() == Demand.NOT_LISTED) {
            return new Trouble.NoList(
                "it lists %s, which no list may (RFC 5782 §5): it lists everything, as lists do that have been closed"
                    .formatted(test.what()));
          }
        }
        case Reading.NotListed _ -> {
          if (test.demand() == Demand.LISTED) {
            return new Trouble.NoList(
                "it does not list %s, which every list must (RFC 5782 §5): it has been closed, its name is misspelt, or it does not answer you"
                    .formatted(test.what()));
          }
        }
      }
    }
    for (var entry : consulted.entries()) {
      if (Reading.of(consulted.list(), entry.answer()) instanceof Reading.NoList(var why)) {
        return new Trouble.NoList(why);
      }
    }
    return unseen.<Trouble>map(Trouble.Unseen::new).orElseGet(Trouble.None::new);
  }

  private void judge(Blocklist list, Entry entry, List<Map<String, Object>> listed) {
    switch (Reading.of(list, entry.answer())) {
      case Reading.Listed(var codes) -> {
        var finding = finding(list, entry, codes);
        judgement.add(finding);
        listed.add(Map.of("what", entry.what(), "answers", codes));
      }
      case Reading.Unseen(var why) -> judgement.aside(gap(list, entry, clean(list, why)));
      case Reading.NotListed _, Reading.NoList _ -> {}
    }
  }

  private Finding finding(Blocklist list, Entry entry, List<String> codes) {
    var reasons = reasons(entry);
    var finding =
        Finding.of(
                RblRules.LISTED,
                subject(list, entry),
                "%s%s is listed by %s (%s)%s"
                    .formatted(
                        entry.what(),
                        entry.of().isEmpty() ? "" : ", an address of " + entry.of() + ",",
                        list.name(),
                        String.join(", ", codes),
                        reasons.isEmpty() ? "" : ": " + reasons.getFirst()))
            .severity(list.severity())
            .cause(cause(list, entry))
            .with("list", list.name())
            .with("answers", codes);
    return reasons.isEmpty() ? finding : finding.with("reasons", reasons);
  }

  private static List<String> reasons(Entry entry) {
    return entry.reason().stream()
        .flatMap(answer -> answer.records(Rdata.Txt.class).stream())
        .map(txt -> CleanText.of(txt.utf8(), MOST_REASON))
        .filter(reason -> !reason.isBlank())
        .limit(MOST_REASONS)
        .toList();
  }

  private Finding unusable(Blocklist list, String why) {
    return Finding.of(
            RblRules.UNUSABLE,
            list.name(),
            "%s says nothing about %s: %s".formatted(list.name(), domain.name(), why))
        .cause(list.name());
  }

  private static Gap gap(Blocklist list, Entry entry, String why) {
    return Gap.of(RblProbe.NAME, list.name(), why, RblRules.LISTED.id())
        .subject(subject(list, entry));
  }

  private static String subject(Blocklist list, Entry entry) {
    return entry.what() + " " + list.name();
  }

  /** The question, so that all who share the address are one message; never a key in its name. */
  private static String cause(Blocklist list, Entry entry) {
    return isShownAsIs(list) ? entry.question().toString() : subject(list, entry);
  }

  private static boolean isShownAsIs(Blocklist list) {
    return list.name().equals(list.zone().toString());
  }

  private static String clean(Blocklist list, String why) {
    return isShownAsIs(list) ? why : why.replace(list.zone().toString(), list.name());
  }
}
