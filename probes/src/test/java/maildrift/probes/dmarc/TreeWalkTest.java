package maildrift.probes.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import maildrift.probes.Context;
import maildrift.probes.dns.DnsName;
import maildrift.probes.domain.ManagedDomain;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 9989 §4.10 with its examples, and RFC 7489 §6.6.3 beside it. */
class TreeWalkTest {

  @Test
  void asksEightNamesAtMost() {
    assertThat(TreeWalk.targets(DnsName.of("a.b.c.d.e.f.g.h.i.j.mail.contoso.test")))
        .extracting(DnsName::toString)
        .containsExactly(
            "a.b.c.d.e.f.g.h.i.j.mail.contoso.test",
            "g.h.i.j.mail.contoso.test",
            "h.i.j.mail.contoso.test",
            "i.j.mail.contoso.test",
            "j.mail.contoso.test",
            "mail.contoso.test",
            "contoso.test",
            "test");
  }

  @Test
  void shortensEightLabelsByOneAndNineToSeven() {
    assertThat(TreeWalk.targets(DnsName.of("a.b.c.d.e.f.contoso.test")))
        .hasSize(8)
        .element(1)
        .hasToString("b.c.d.e.f.contoso.test");
    assertThat(TreeWalk.targets(DnsName.of("x.a.b.c.d.e.f.contoso.test")))
        .hasSize(8)
        .element(1)
        .hasToString("b.c.d.e.f.contoso.test");
    assertThat(TreeWalk.targets(DnsName.of("contoso.test"))).hasSize(2);
    assertThat(TreeWalk.targets(DnsName.of("test"))).hasSize(1);
  }

  // published (name=p[,psd]) | domain | found at, policy | organisational domain
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test=reject                                      | contoso.test           | contoso.test reject      | contoso.test
          contoso.test=reject                                      | mail.contoso.test      | contoso.test reject      | contoso.test
          mail.contoso.test=none contoso.test=reject               | a.mail.contoso.test    | contoso.test reject      | contoso.test
          mail.contoso.test=none contoso.test=reject               | mail.contoso.test      | mail.contoso.test none   | contoso.test
          mail.contoso.test=none,n contoso.test=reject             | a.mail.contoso.test    | mail.contoso.test none   | mail.contoso.test
          mail.contoso.test=reject                                 | mail.contoso.test      | mail.contoso.test reject | mail.contoso.test
          test=reject,y                                            | a.mail.contoso.test    | test reject              | contoso.test
          test=reject,y contoso.test=none                          | a.mail.contoso.test    | contoso.test none        | contoso.test
          test=reject,y mail.contoso.test=none                     | a.mail.contoso.test    | test reject              | contoso.test
          test=reject,y                                            | test                   | test reject              | test
          test=quarantine                                          | contoso.test           | test quarantine          | test
          bank.test=reject,y giant.bank.test=quarantine            | giant.bank.test        | giant.bank.test quarantine | giant.bank.test
          bank.test=reject,y giant.bank.test=quarantine            | mail.mega.bank.test    | bank.test reject         | mega.bank.test
          contoso.test=reject,y                                    | contoso.test           | contoso.test reject      | contoso.test
          contoso.test=reject+none                                 | contoso.test           |                          | contoso.test
          mail.contoso.test=reject+none contoso.test=quarantine    | mail.contoso.test      | contoso.test quarantine  | contoso.test
          mail.contoso.test=none,n+none contoso.test=quarantine    | a.mail.contoso.test    | contoso.test quarantine  | contoso.test
          contoso.test=reject                                      | a.b.c.d.e.f.g.h.i.contoso.test | contoso.test reject | contoso.test
          c.d.e.f.g.h.i.contoso.test=reject                        | a.b.c.d.e.f.g.h.i.contoso.test |                | a.b.c.d.e.f.g.h.i.contoso.test
          other.test=reject                                        | contoso.test           |                          | contoso.test
          """)
  void findsThePolicyAndTheOrganisation(
      String published, String domain, @Nullable String found, String organizational) {
    var facts = facts(published, domain);

    assertThat(found(facts)).isEqualTo(found);
    assertThat(facts.get("organizationalDomain"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("rfc9989", organizational);
  }

  // the same for receivers of RFC 7489
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          contoso.test=reject                                      | contoso.test           | contoso.test reject
          contoso.test=reject                                      | a.mail.contoso.test    | contoso.test reject
          mail.contoso.test=none                                   | a.mail.contoso.test    |
          mail.contoso.test=none,n contoso.test=reject             | a.mail.contoso.test    | contoso.test reject
          mail.contoso.test=reject+none contoso.test=quarantine    | mail.contoso.test      |
          test=reject,y                                            | contoso.test           |
          uk=reject,y co.uk=none,y contoso.co.uk=quarantine        | mail.contoso.co.uk     | contoso.co.uk quarantine
          """)
  void oldReceiversUseThePublicSuffixList(String published, String domain, @Nullable String found) {
    var reading = Objects.requireNonNull((Map<?, ?>) facts(published, domain).get("rfc7489"));

    assertThat(
            reading.get("foundAt") == null
                ? null
                : reading.get("foundAt") + " " + reading.get("policy"))
        .isEqualTo(found);
  }

  private static @Nullable String found(Map<String, Object> facts) {
    return facts.get("foundAt") == null ? null : facts.get("foundAt") + " " + facts.get("policy");
  }

  private static Map<String, Object> facts(String published, String domain) {
    var zone = new Zone().exists(domain);
    for (var entry : Splitter.on(' ').split(published)) {
      var name = entry.substring(0, entry.indexOf('='));
      for (var record : Splitter.on('+').split(entry.substring(name.length() + 1))) {
        var tags = Splitter.on(',').splitToList(record);
        var psd = tags.size() > 1 ? "; psd=" + tags.get(1) : "";
        zone.txt("_dmarc." + name, "v=DMARC1; p=" + tags.getFirst() + psd);
      }
    }
    var probe = new DmarcProbe(DmarcProbe.Walk.WHOLE);
    var managed = ManagedDomain.undeclared(DnsName.of(domain));
    return probe.judge(managed, probe.observe(managed, zone), Context.at(Instant.EPOCH)).facts();
  }
}
