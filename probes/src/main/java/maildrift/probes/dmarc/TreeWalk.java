package maildrift.probes.dmarc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;
import maildrift.probes.domain.PublicSuffixes;

/** Policy discovery from answers: RFC 9989 §4.10, and RFC 7489 §6.6.3 beside it. Pure. */
final class TreeWalk {
  /** RFC 9989 §4.10 step 4: from eight labels on, seven remain. */
  private static final int SHORTCUT = 7;

  private TreeWalk() {}

  /** Where a policy comes from. */
  sealed interface Found {

    /** {@code foundAt} publishes the record that applies. */
    record At(DnsName foundAt, DmarcRecord record) implements Found {}

    /** DNS said that there is none. */
    record Nowhere() implements Found {}

    /** A name on the way could not be asked, so nothing is known. */
    record Hidden(DnsName unseen, String why) implements Found {}
  }

  /** The names to ask, the domain itself first; eight at most. */
  static List<DnsName> targets(DnsName domain) {
    var targets = new ArrayList<DnsName>();
    targets.add(domain);
    var labels = domain.labels();
    var left = Math.min(labels.size() - 1, SHORTCUT);
    for (; left > 0; left--) {
      targets.add(DnsName.ofLabels(labels.subList(labels.size() - left, labels.size())));
    }
    return targets;
  }

  /** All records with the right version at a name; more than one are as good as none. */
  static List<DmarcRecord> records(Answer answer) {
    return answer.records(Rdata.Txt.class).stream()
        .flatMap(txt -> DmarcRecord.parse(txt.joined()).stream())
        .toList();
  }

  private static Optional<DmarcRecord> only(Answer answer) {
    var records = records(answer);
    return records.size() == 1 ? Optional.of(records.getFirst()) : Optional.empty();
  }

  /** RFC 9989 §4.10.1: the domain's own record, its organisational domain's, its PSD's. */
  static Found rfc9989(DnsName domain, Map<DnsName, Answer> answers) {
    var walk = walk(domain, answers, true);
    if (walk.hidden.isPresent()) {
      return walk.hidden.get();
    }
    var own = walk.records.get(domain);
    if (own != null) {
      return new Found.At(domain, own);
    }
    var organizational = select(domain, walk.records);
    var record = walk.records.get(organizational);
    if (record != null) {
      return new Found.At(organizational, record);
    }
    return walk.records.entrySet().stream()
        .filter(entry -> entry.getValue().psd() == 'y')
        .<Found>map(entry -> new Found.At(entry.getKey(), entry.getValue()))
        .findFirst()
        .orElse(new Found.Nowhere());
  }

  /** RFC 9989 §4.10.2; nothing when a name on the way was not asked or did not answer. */
  static Optional<DnsName> organizational(DnsName domain, Map<DnsName, Answer> answers) {
    var walk = walk(domain, answers, false);
    return walk.hidden.isPresent() ? Optional.empty() : Optional.of(select(domain, walk.records));
  }

  private record Walk(Map<DnsName, DmarcRecord> records, Optional<Found.Hidden> hidden) {}

  private static Walk walk(
      DnsName domain, Map<DnsName, Answer> answers, boolean ownRecordSuffices) {
    var records = new LinkedHashMap<DnsName, DmarcRecord>();
    for (var target : targets(domain)) {
      var answer = answers.get(target);
      if (answer == null) {
        return new Walk(records, Optional.of(new Found.Hidden(target, "not asked")));
      }
      if (answer instanceof Answer.Unanswered(var _, var why, var _)) {
        return new Walk(records, Optional.of(new Found.Hidden(target, why)));
      }
      var record = only(answer);
      record.ifPresent(found -> records.put(target, found));
      if (record.filter(found -> found.psd() != 'u').isPresent()
          || (ownRecordSuffices && records.containsKey(domain))) {
        break;
      }
    }
    return new Walk(records, Optional.empty());
  }

  private static DnsName select(DnsName domain, Map<DnsName, DmarcRecord> records) {
    var chosen = domain;
    for (var entry : records.entrySet()) { // from the longest name to the shortest
      var name = entry.getKey();
      var psd = entry.getValue().psd();
      if (psd == 'n') {
        return name;
      }
      if (psd == 'y' && !name.equals(domain)) {
        var labels = domain.labels();
        return DnsName.ofLabels(
            labels.subList(labels.size() - name.labels().size() - 1, labels.size()));
      }
      chosen = name;
    }
    return chosen;
  }

  /**
   * RFC 7489 §6.6.3: the domain's own record, else that of the organisational domain by the public
   * suffix list. Several records end the search.
   */
  static Found rfc7489(DnsName domain, Map<DnsName, Answer> answers) {
    var own = at(domain, answers);
    if (!(own instanceof Found.Nowhere) || !records(answer(domain, answers)).isEmpty()) {
      return own;
    }
    var organizational = PublicSuffixes.organizational(domain);
    return organizational.equals(domain) ? own : at(organizational, answers);
  }

  private static Found at(DnsName name, Map<DnsName, Answer> answers) {
    return switch (answer(name, answers)) {
      case Answer.Unanswered(var _, var why, var _) -> new Found.Hidden(name, why);
      case Answer answer ->
          only(answer).<Found>map(record -> new Found.At(name, record)).orElse(new Found.Nowhere());
    };
  }

  private static Answer answer(DnsName name, Map<DnsName, Answer> answers) {
    var answer = answers.get(name);
    return answer == null
        ? new Answer.Unanswered(Answer.Failure.UNASKABLE, "not asked", "")
        : answer;
  }
}
