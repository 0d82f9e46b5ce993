package maildrift.monitor.reliability;

import java.util.List;
import java.util.stream.Stream;

/** All faults that we know of, in order, and where to see what became of each. */
record Catalogue(List<Section> sections) {
  static final Catalogue ALL =
      new Catalogue(
          List.of(
              new Section(
                  "Crash and storage",
                  List.of(
                      measured("C1", "kill -9 at random moments"),
                      measured("C2", "kill -9 at named points"),
                      measured("C3", "kill -9 on PostgreSQL"),
                      tested(
                          "C4",
                          "PostgreSQL goes away and comes back",
                          "PostgresqlOutageTest",
                          "FailingStoreTest"),
                      unmeasured(
                          "C5",
                          "power loss",
                          "it needs a block device that drops what was not synced. What stands for"
                              + " it: on H2 nothing counts as accepted before the chunk is synced,"
                              + " the header written and synced again; C1-barrier and C2 look at"
                              + " that moment"),
                      measured("C6", "a full disk"),
                      measured("C7", "a database file that is cut or flipped"),
                      measured("C8", "a store that cannot be used"),
                      measured("C9", "SIGTERM with deliveries in flight"),
                      measured("C10", "out of memory"),
                      measured("C11", "restarts with open alerts"),
                      measured("C12", "an upgrade from the first schema"),
                      measured("C13", "clock steps, suspend, DST"),
                      tested("C14", "a stuck event loop, pool or scheduler", "SupervisionTest"))),
              new Section(
                  "Delivery",
                  List.of(
                      measured("D1", "receivers that misbehave"),
                      measured("D2", "one dead receiver beside nine"),
                      measured("D3", "a receiver that is down for a day"),
                      measured("D4", "a storm of alerts"),
                      measured("D5", "signatures"),
                      tested(
                          "D6",
                          "RESOLVED whose delivery fails three times",
                          "DeliveriesOverHttpTest"),
                      unmeasured(
                          "D7",
                          "a split between two daemons",
                          "one daemon serves one store; a second one is refused (C8)"),
                      measured("D8", "real Alertmanagers"),
                      measured("D9", "a real mail server"))),
              new Section(
                  "Observation",
                  List.of(
                      measured("O1", "one of three resolvers fails"),
                      measured("O2", "all resolvers are dead"),
                      measured("O3", "a record that is really removed"),
                      measured("O4", "removed at one of two authoritative servers"),
                      measured("O5", "a stale cache"),
                      measured("O6", "a resolver that lies"),
                      measured("O7", "DNSSEC that does not validate"),
                      measured("O8", "a record that flaps"),
                      measured("O9", "our own network is cut"),
                      measured("O10", "TLS that no modern client can negotiate"),
                      measured("O11", "greylisting, 421, port 25 closed for us"))),
              new Section(
                  "Spoofing and hostile content",
                  List.of(
                      tested("S1", "a wrong id before the right answer", "DnsDoorTest"),
                      tested("S2", "a wrong question, case, address or port", "DnsDoorTest"),
                      unmeasured(
                          "S3",
                          "a flood of forged datagrams",
                          "no rate is measured; after the first mismatch the question goes over"
                              + " TCP (S1)"),
                      tested(
                          "S4",
                          "foreign records, loops, long chains",
                          "ResponseTest",
                          "DnsDoorTest"),
                      tested("S5", "ids and ports", "ResponseTest", "DnsDoorTest"),
                      tested("X1", "markup and scripts in records", "HostileTextTest"),
                      tested("X2", "control and bidirectional characters", "LogbackTest"),
                      tested("X3", "text that ends a label", "ExpositionTest"),
                      tested("X4", "mentions, links and header lines in messages", "WordingTest"),
                      tested("X5", "formulas in CSV", "ReportCsvTest"),
                      tested("X6", "names at the limits", "DnsNameTest"),
                      tested("B1", "SPF trees without end", "HostileTreeTest"),
                      tested("B5", "mail servers that drip, hang or flood", "SmtpBombsTest"),
                      tested("B7", "policies without end", "HttpsDoorTest"),
                      tested("B8", "answers of receivers without end", "GuardedHttpTest"),
                      tested("B10", "configuration bombs", "LargeConfigTest"),
                      tested("F1", "receivers that lead inside", "AddressGuardTest")))));

  Catalogue {
    sections = List.copyOf(sections);
  }

  record Section(String title, List<Case> cases) {
    Section {
      cases = List.copyOf(cases);
    }
  }

  /** One case of it. */
  sealed interface Case {
    String id();

    String title();

    /** Figures are kept; a case may have several, with a suffix. */
    record Measured(String id, String title) implements Case {}

    /** Tests hold it, which count nothing. */
    record Tested(String id, String title, List<String> tests) implements Case {
      public Tested {
        tests = List.copyOf(tests);
      }
    }

    record Unmeasured(String id, String title, String because) implements Case {}
  }

  private static Case measured(String id, String title) {
    return new Case.Measured(id, title);
  }

  private static Case tested(String id, String title, String... tests) {
    return new Case.Tested(id, title, List.of(tests));
  }

  private static Case unmeasured(String id, String title, String because) {
    return new Case.Unmeasured(id, title, because);
  }

  Stream<Case> cases() {
    return sections.stream().flatMap(section -> section.cases().stream());
  }

  /** Where a figure belongs: C1-daemon to C1. */
  static boolean isOf(Row row, Case known) {
    return row.id().equals(known.id()) || row.id().startsWith(known.id() + "-");
  }
}
