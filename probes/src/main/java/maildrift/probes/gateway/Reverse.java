package maildrift.probes.gateway;

import java.util.ArrayList;
import java.util.List;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;
import maildrift.probes.dns.Rdata;

/**
 * The reverse names of an address, by what their own addresses say of them.
 *
 * @param confirmed lead back to it
 * @param denied have no such address, says DNS
 * @param unseen were not answered
 * @param why of the first that was not
 * @param omitted more of them than anybody looks at
 */
record Reverse(
    List<DnsName> confirmed, List<DnsName> denied, List<DnsName> unseen, String why, int omitted) {

  /** More names are of no use to anybody; receivers look at fewer. */
  static final int MOST = 16;

  Reverse {
    confirmed = List.copyOf(confirmed);
    denied = List.copyOf(denied);
    unseen = List.copyOf(unseen);
  }

  static List<DnsName> named(Answer pointer) {
    return pointer.records(Rdata.Ptr.class).stream().map(Rdata.Ptr::name).distinct().toList();
  }

  static Reverse of(GatewaySeen seen, GatewaySeen.Place place) {
    var confirmed = new ArrayList<DnsName>();
    var denied = new ArrayList<DnsName>();
    var unseen = new ArrayList<DnsName>();
    var why = "";
    var names = place.pointer().map(Reverse::named).orElse(List.of());
    for (var name : names.subList(0, Math.min(MOST, names.size()))) {
      var answer = seen.addresses(name, place.type());
      if (answer.isEmpty()) {
        unseen.add(name);
      } else if (answer.get() instanceof Answer.Unanswered unanswered) {
        unseen.add(name);
        why = why.isEmpty() ? unanswered.why() : why;
      } else if (leads(answer.get(), place)) {
        confirmed.add(name);
      } else {
        denied.add(name);
      }
    }
    return new Reverse(confirmed, denied, unseen, why, Math.max(0, names.size() - MOST));
  }

  private static boolean leads(Answer answer, GatewaySeen.Place place) {
    return answer.records(Rdata.Address.class).stream()
        .anyMatch(record -> record.address().equals(place.address()));
  }

  boolean isEmpty() {
    return all().isEmpty();
  }

  /** In the order of the answer as far as each is known. */
  List<DnsName> all() {
    var all = new ArrayList<>(confirmed);
    all.addAll(denied);
    all.addAll(unseen);
    return all;
  }
}
