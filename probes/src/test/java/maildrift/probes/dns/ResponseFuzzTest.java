package maildrift.probes.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;

/** Whatever a name server sends in answer to a question, over UDP and over TCP. */
class ResponseFuzzTest {
  private static final Response.Source RESOLVER =
      new Response.Source("127.0.0.1:53", true, DnsName.ROOT, true);
  private static final Question[] QUESTIONS = {
    new Question(DnsName.of("contoso.test"), RecordType.TXT),
    new Question(DnsName.of("contoso.test"), RecordType.MX),
    new Question(DnsName.of("mx.contoso.test"), RecordType.AAAA),
    new Question(DnsName.of("contoso.test"), RecordType.CAA),
    new Question(DnsName.of("_25._tcp.mx.contoso.test"), RecordType.TLSA),
    new Question(DnsName.of("_imaps._tcp.contoso.test"), RecordType.SRV),
    new Question(DnsName.of("contoso.test"), RecordType.SOA),
  };

  @FuzzTest
  void aMessageIsAnAnswerOrAFailureAndNothingElse(byte[] octets) {
    if (octets.length < 3) {
      return;
    }
    var question = QUESTIONS[Math.floorMod(octets[0], QUESTIONS.length)];
    var exact = (octets[1] & 1) == 0;
    var query = Query.of(question, new RandomBits(), false, true, true);
    var message = message(query, octets);

    assertThat(Content.of(message).signatures()).hasSizeLessThanOrEqualTo(40);
    var reply = Response.read(message, message.length, question, query, RESOLVER, exact);

    switch (reply) {
      case Reply.Said(Answer.Found(var records, var aliases, var ttl, _, _)) -> {
        assertThat(records).isNotEmpty().hasSizeLessThanOrEqualTo(Response.MAX_RECORDS);
        assertThat(records).allSatisfy(data -> assertThat(data.text()).isNotNull());
        assertThat(aliases).hasSizeLessThanOrEqualTo(Response.MAX_CHAIN);
        assertThat(ttl.isNegative()).isFalse();
      }
      case Reply.Said(var other) -> assertThat(other.toString()).isNotBlank();
      case Reply.Continues(var aliases, _, _) ->
          assertThat(aliases).isNotEmpty().hasSizeLessThanOrEqualTo(Response.MAX_CHAIN);
      case Reply.Failed(_, var why, _) -> assertThat(why).isNotBlank().hasSizeLessThan(2_000);
      case Reply.Whole(_, var octetsOfIt) -> assertThat(octetsOfIt).isNotNull();
      case Reply.Truncated _, Reply.NoEdns _ -> assertThat(octets).isNotEmpty();
    }
  }

  /** A header with the right id and the question, then what the fuzzer makes of the rest. */
  private static byte[] message(Query query, byte[] octets) {
    var wire = query.wire();
    if ((octets[1] & 2) != 0) {
      return Arrays.copyOfRange(octets, 2, octets.length);
    }
    var head = Arrays.copyOf(wire, query.questionEnd());
    head[2] = (byte) 0x80;
    head[3] = (byte) (octets[1] >> 4);
    // Answers, authority and additional records: 0 to 3 each.
    head[7] = (byte) (octets[2] & 3);
    head[9] = (byte) ((octets[2] >> 2) & 3);
    head[11] = (byte) ((octets[2] >> 4) & 3);
    var message = Arrays.copyOf(head, head.length + octets.length - 3);
    System.arraycopy(octets, 3, message, head.length, octets.length - 3);
    return message;
  }
}
