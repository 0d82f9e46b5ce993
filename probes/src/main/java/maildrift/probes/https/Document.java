package maildrift.probes.https;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import maildrift.probes.Network;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Question;
import maildrift.probes.dns.Rdata;
import maildrift.probes.dns.RecordType;
import maildrift.probes.smtp.CleanText;
import maildrift.probes.tls.TrustAnchors;

/** What a client that trusts the usual roots gets of a document. */
public sealed interface Document {

  /** It was served. */
  record Read(HttpsLook.Said.Reply reply) implements Document {}

  /**
   * No client gets it.
   *
   * @param why half a sentence
   */
  record Failed(String why) implements Document {}

  /** Nothing is known of it, or the server says that it is elsewhere: no redirect is followed. */
  record Unseen(String why) implements Document {}

  /**
   * A document that was asked for.
   *
   * @param addresses what DNS said of A and AAAA
   * @param look empty where there is no address
   */
  record Asked(WebUrl url, List<Answer> addresses, Optional<HttpsLook> look) {
    public Asked {
      addresses = List.copyOf(addresses);
    }

    public Document document(TrustAnchors anchors, Instant at) {
      if (look.isEmpty()) {
        return addresses.stream()
            .filter(Answer.Unanswered.class::isInstance)
            .map(answer -> ((Answer.Unanswered) answer).why())
            .findFirst()
            .<Document>map(Unseen::new)
            .orElseGet(
                () ->
                    new Failed(
                        url.host()
                            + (addresses.stream().anyMatch(Answer.NoSuchName.class::isInstance)
                                ? " does not exist"
                                : " has no address")));
      }
      return switch (look.get()) {
        case HttpsLook.Unobservable(var why) -> new Unseen(why);
        case HttpsLook.Refused(var why) -> new Unseen(why);
        case HttpsLook.NoHandshake(var why) ->
            new Failed("a modern client cannot negotiate TLS with it: " + why);
        case HttpsLook.Spoke spoke ->
            switch (spoke.verified(anchors, at)) {
              case HttpsLook.Verified.Untrusted(var why) -> new Failed(why);
              case HttpsLook.Verified.Trusted(HttpsLook.Said.Garbled(var why)) -> new Failed(why);
              case HttpsLook.Verified.Trusted(HttpsLook.Said.Reply reply) -> of(reply);
            };
      };
    }
  }

  private static Document of(HttpsLook.Said.Reply reply) {
    var status = reply.status();
    if (status == 200) {
      return new Read(reply);
    }
    if (status / 100 == 3) {
      return new Unseen(
          "it redirects (%d)%s, where maildrift does not follow"
              .formatted(
                  status,
                  reply.header("location").map(to -> " to " + CleanText.of(to, 120)).orElse("")));
    }
    return status / 100 == 5 || status == 429 || status == 408
        ? new Unseen("its status is " + status)
        : new Failed("its status is %d, not 200".formatted(status));
  }

  /**
   * Asks for all addresses at once, then for one document after the other.
   *
   * @param version of the documents, as {@link Https.Target} has it
   */
  static List<Asked> ask(List<WebUrl> urls, String version, Network network) {
    if (urls.isEmpty()) {
      return List.of();
    }
    var questions = new ArrayList<Question>();
    for (var url : urls) {
      questions.add(new Question(url.host(), RecordType.A));
      questions.add(new Question(url.host(), RecordType.AAAA));
    }
    var answers = network.dns().ask(questions);
    var asked = new ArrayList<Asked>();
    for (var i = 0; i < urls.size(); i++) {
      asked.add(of(urls.get(i), answers.subList(2 * i, 2 * i + 2), version, network));
    }
    return asked;
  }

  /** As above, of a host whose addresses are known. */
  static Asked of(WebUrl url, List<Answer> addresses, String version, Network network) {
    var found = new ArrayList<InetAddress>();
    addresses.forEach(
        answer ->
            answer
                .records(Rdata.Address.class)
                .forEach(
                    record -> {
                      if (!found.contains(record.address())) {
                        found.add(record.address());
                      }
                    }));
    return new Asked(
        url,
        addresses,
        found.isEmpty()
            ? Optional.empty()
            : Optional.of(
                network.https().get(new Https.Target(url.host(), found, url.path(), version))));
  }
}
