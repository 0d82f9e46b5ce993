package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Messages that another implementation wrote, and such as nobody should. */
class ResponseTest {
  private static final Response.Source RESOLVER =
      new Response.Source("192.0.2.53:53", true, DnsName.ROOT, true);

  private final RandomBits random = new RandomBits();

  private Query query(Question question) {
    return Query.of(question, random, true, true, true);
  }

  private static Question question(String name, RecordType type) {
    return new Question(DnsName.of(name), type);
  }

  /** A response to the query, with lines for the answer section and, after "---", authority. */
  private static byte[] response(Query query, int rcode, String... lines) {
    try {
      var reply = new Message(query.wire());
      reply.getHeader().setFlag(Flags.QR);
      reply.getHeader().setRcode(rcode);
      var section = Section.ANSWER;
      for (var line : lines) {
        if (line.equals("---")) {
          section = Section.AUTHORITY;
          continue;
        }
        var words = line.split(" ", 4);
        reply.addRecord(
            Record.fromString(
                Name.fromString(words[0], Name.root),
                Type.value(words[2]),
                DClass.IN,
                Long.parseLong(words[1]),
                words[3],
                Name.root),
            section);
      }
      return reply.toWire(65_535);
    } catch (IOException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  private Reply read(Question question, int rcode, String... lines) {
    var query = query(question);
    var wire = response(query, rcode, lines);
    return Response.read(wire, wire.length, question, query, RESOLVER, true);
  }

  private Answer answer(Question question, int rcode, String... lines) {
    var reply = read(question, rcode, lines);
    assertThat(reply).isInstanceOf(Reply.Said.class);
    return ((Reply.Said) reply).answer();
  }

  @Test
  void recordsAreNormalisedAndSorted() {
    var mx =
        answer(
            question("contoso.test", RecordType.MX),
            0,
            "contoso.test 300 MX 20 B.contoso.test",
            "contoso.test 60 MX 10 z.contoso.test",
            "contoso.test 60 MX 10 Z.contoso.test",
            "other.test 1 MX 5 evil.test");

    assertThat(mx.records(Rdata.Mx.class))
        .extracting(Rdata.Mx::text)
        .containsExactly("10 z.contoso.test", "20 b.contoso.test");
    assertThat(((Answer.Found) mx).ttl()).hasSeconds(60);
  }

  @Test
  void everyTypeIsRead() {
    assertThat(one(RecordType.A, "192.0.2.1")).isEqualTo("192.0.2.1");
    assertThat(one(RecordType.AAAA, "::ffff:192.0.2.1")).isEqualTo("0:0:0:0:0:ffff:c000:201");
    assertThat(one(RecordType.NS, "Ns.contoso.test")).isEqualTo("ns.contoso.test");
    assertThat(one(RecordType.PTR, "Mx.contoso.test")).isEqualTo("mx.contoso.test");
    assertThat(one(RecordType.CNAME, "a.test")).isEqualTo("a.test");
    assertThat(one(RecordType.SOA, "ns.test admin.test 1 2 3 4 5"))
        .isEqualTo("ns.test admin.test 1 2 3 4 5");
    assertThat(one(RecordType.SRV, "1 2 443 a.test")).isEqualTo("1 2 443 a.test");
    assertThat(one(RecordType.TLSA, "3 1 0 AABB")).isEqualTo("3 1 0 aabb");
    assertThat(one(RecordType.CAA, "0 issue \"ca.test\"")).isEqualTo("0 issue \"ca.test\"");
    assertThat(one(RecordType.DS, "1 13 255 AABB")).isEqualTo("\\# 6 00010dffaabb");
    assertThat(one(RecordType.TXT, "\"a\\255\" \"b\"")).isEqualTo("a\u00ffb");
  }

  private String one(RecordType type, String data) {
    return ((Answer.Found) answer(question("x.test", type), 0, "x.test 300 " + type + " " + data))
        .records()
        .getFirst()
        .text();
  }

  @Test
  void negativeTtlIsTheSmallerOfTheSoaAndItsMinimum() {
    var none =
        answer(
            question("contoso.test", RecordType.MX),
            0,
            "---",
            "contoso.test 900 SOA ns.test a.test 1 2 3 4 60");
    assertThat(((Answer.NoData) none).ttl()).hasSeconds(60);

    var missing =
        answer(
            question("x.contoso.test", RecordType.MX),
            3,
            "---",
            "contoso.test 30 SOA ns.test a.test 1 2 3 4 60");
    assertThat(((Answer.NoSuchName) missing).ttl()).hasSeconds(30);

    var without = answer(question("contoso.test", RecordType.MX), 0);
    assertThat(((Answer.NoData) without).ttl()).isZero();
    var foreign =
        answer(
            question("contoso.test", RecordType.MX),
            0,
            "---",
            "evil.test 86400 SOA ns.test a.test 1 2 3 4 86400");
    assertThat(((Answer.NoData) foreign).ttl()).isZero();
  }

  @Test
  void aChainIsFollowedInsideTheAnswer() {
    var found =
        (Answer.Found)
            answer(
                question("a.test", RecordType.A),
                0,
                "c.test 300 A 192.0.2.1",
                "b.test 20 CNAME C.test",
                "a.test 300 CNAME b.test");

    assertThat(found.aliases()).containsExactly(DnsName.of("b.test"), DnsName.of("c.test"));
    assertThat(found.ttl()).hasSeconds(20);
  }

  @Test
  void aChainThatEndsInNothingNamesItsEnd() {
    var missing =
        (Answer.NoSuchName)
            answer(
                question("a.test", RecordType.A),
                3,
                "a.test 300 CNAME gone.example",
                "---",
                "example 60 SOA ns.test a.test 1 2 3 4 60");
    assertThat(missing.aliases()).containsExactly(DnsName.of("gone.example"));

    assertThat(read(question("a.test", RecordType.A), 0, "a.test 300 CNAME elsewhere.example"))
        .isInstanceOf(Reply.Continues.class);
  }

  @Test
  void whatLiesOutsideTheServersZoneIsNotItsToSay() {
    var question = question("a.contoso.test", RecordType.A);
    var query = Query.of(question, random, false, false, true);
    var wire =
        response(query, 0, "a.contoso.test 300 CNAME b.evil.test", "b.evil.test 300 A 192.0.2.66");
    var source = new Response.Source("s", false, DnsName.of("contoso.test"), false);

    assertThat(Response.read(wire, wire.length, question, query, source, false))
        .isInstanceOfSatisfying(
            Reply.Continues.class,
            chain -> assertThat(chain.aliases()).containsExactly(DnsName.of("b.evil.test")));
  }

  @Test
  void loopsAndEndlessChainsAreFailures() {
    assertThat(
            read(
                question("a.test", RecordType.A),
                0,
                "a.test 300 CNAME b.test",
                "b.test 300 CNAME a.test"))
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.failure()).isEqualTo(Answer.Failure.CHAIN));

    var links = new String[20];
    for (var i = 0; i < links.length; i++) {
      links[i] = "n%d.test 300 CNAME n%d.test".formatted(i, i + 1);
    }
    assertThat(read(question("n0.test", RecordType.A), 0, links))
        .isEqualTo(
            new Reply.Failed(Answer.Failure.CHAIN, "the CNAME chain of n0.test is longer than 16"));
    var sixteen = Arrays.copyOf(links, 17);
    sixteen[16] = "n16.test 300 A 192.0.2.1";
    assertThat(((Answer.Found) answer(question("n0.test", RecordType.A), 0, sixteen)).aliases())
        .hasSize(16);
  }

  @Test
  void aReferralIsNoAnswer() {
    assertThat(read(question("a.test", RecordType.A), 0, "---", "test 300 NS ns.test"))
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.failure()).isEqualTo(Answer.Failure.RCODE));
  }

  @Test
  void theQuestionMustComeBackToTheLetter() {
    var question = question("contoso-with-many-letters.test", RecordType.A);
    var query = query(question);
    var wire = response(query, 0, "contoso-with-many-letters.test 300 A 192.0.2.1");
    wire[Query.HEADER + 1] ^= 0x20;

    assertThat(Response.read(wire, wire.length, question, query, RESOLVER, true))
        .isInstanceOfSatisfying(
            Reply.Failed.class,
            failed -> assertThat(failed.failure()).isEqualTo(Answer.Failure.MISMATCH));
    assertThat(Response.read(wire, wire.length, question, query, RESOLVER, false))
        .isInstanceOf(Reply.Said.class);
  }

  @Test
  void pointersThatDoNotPointBackAreMalformed() {
    var question = question("a.test", RecordType.A);
    var query = query(question);
    var good = response(query, 0, "a.test 300 A 192.0.2.1");
    var answerAt = query.questionEnd();
    for (var target : new int[] {answerAt, answerAt + 2, 0x3fff}) {
      var wire = good.clone();
      wire[answerAt] = (byte) (0xc0 | (target >> 8));
      wire[answerAt + 1] = (byte) target;

      assertThat(Response.read(wire, wire.length, question, query, RESOLVER, true))
          .isInstanceOfSatisfying(
              Reply.Failed.class,
              failed -> assertThat(failed.failure()).isEqualTo(Answer.Failure.MALFORMED));
    }
  }

  @Test
  void everyTruncationIsAValue() {
    var question = question("a.test", RecordType.MX);
    var query = query(question);
    var wire =
        response(
            query, 0, "a.test 300 MX 10 b.test", "---", "test 300 SOA ns.test a.test 1 2 3 4 5");
    for (var length = 0; length < wire.length; length++) {
      assertThat(Response.read(wire, length, question, query, RESOLVER, true))
          .isInstanceOf(Reply.Failed.class);
    }
  }

  @Test
  void mutatedMessagesAreAlwaysAValue() {
    var seed = 20_261_121L;
    var fuzz = new Random(seed);
    for (var type : RecordType.values()) {
      var question = question("a.contoso.test", type);
      var query = query(question);
      for (var wire : samples(query)) {
        for (var i = 0; i < 4_000; i++) {
          var mutant = wire.clone();
          for (var change = 0; change <= fuzz.nextInt(4); change++) {
            mutant[fuzz.nextInt(mutant.length)] = (byte) fuzz.nextInt(256);
          }
          // Most must get past the header to be of interest.
          System.arraycopy(wire, 0, mutant, 0, fuzz.nextInt(4) == 0 ? 2 : query.questionEnd());
          var length = fuzz.nextInt(8) == 0 ? fuzz.nextInt(mutant.length) : mutant.length;
          assertThatCode(() -> Response.read(mutant, length, question, query, RESOLVER, true))
              .as("seed %d, round %d: %s", seed, i, Arrays.toString(mutant))
              .doesNotThrowAnyException();
        }
      }
    }
  }

  private static List<byte[]> samples(Query query) {
    return List.of(
        response(
            query,
            0,
            "a.contoso.test 300 CNAME b.contoso.test",
            "b.contoso.test 300 MX 10 mx.contoso.test",
            "b.contoso.test 300 TXT \"v=spf1\" \"-all\"",
            "b.contoso.test 300 CAA 0 issue \"ca.test\"",
            "b.contoso.test 300 SRV 1 2 3 x.contoso.test",
            "b.contoso.test 300 TLSA 3 1 0 aabb",
            "b.contoso.test 300 A 192.0.2.1",
            "b.contoso.test 300 AAAA 2001:db8::1",
            "b.contoso.test 300 SOA ns.test a.test 1 2 3 4 5"),
        response(
            query, 3, "---", "contoso.test 300 SOA ns.contoso.test admin.contoso.test 1 2 3 4 5"));
  }

  @Test
  void idsAreEvenAndLettersTakeBothCases() {
    var question = question("contoso.test", RecordType.A);
    var buckets = new int[64];
    var upper = 0;
    for (var i = 0; i < 64_000; i++) {
      var query = query(question);
      buckets[query.id() >>> 10]++;
      upper += query.wire()[Query.HEADER + 1] == 'C' ? 1 : 0;
    }
    var chiSquare =
        Arrays.stream(buckets).mapToDouble(n -> (n - 1000.0) * (n - 1000.0) / 1000).sum();

    // 63 degrees of freedom: beyond 130 once in a million.
    assertThat(chiSquare).isLessThan(130);
    assertThat(upper).isBetween(31_000, 33_000);
  }
}
