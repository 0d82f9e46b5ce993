package maildrift.probes.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;
import maildrift.probes.Deadline;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Master;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/**
 * One look's validation. Validates itself, with dnsjava, from the trust anchor down; or takes the
 * word of a resolver that is trusted, which the AD bit gives (RFC 6840 §5.8). Where the anchor's
 * keys cannot be had, as behind a resolver of a laboratory, the word of a resolver on this machine
 * is taken too.
 *
 * <p>What withholds an answer as bogus and what merely fails look alike; asking with CD and without
 * tells them apart.
 */
final class Validator implements Dnssec {
  private static final Logger LOG = LoggerFactory.getLogger(Validator.class);

  /** Of one look; what a hostile zone can make us ask. */
  private static final int MAX_QUESTIONS = 100;

  private static final int MAX_CUTS = 6;
  private static final int MAX_REASON = 300;

  private final Source source;
  private final DnssecSettings settings;
  private final Proofs proofs;
  private final Deadline deadline;
  private final List<DnsName> anchors;
  private final Map<Asked, CompletableFuture<SignedMessage>> memory = new HashMap<>();
  private @Nullable Proving proving;

  private record Asked(Question question, Query.Mode mode) {}

  /** Asks for messages; shared by all looks. */
  @FunctionalInterface
  interface Source {
    CompletableFuture<SignedMessage> ask(Question question, Query.Mode mode, long latest);
  }

  /**
   * @param proofs of earlier looks
   */
  Validator(Source source, DnssecSettings settings, Proofs proofs, Deadline deadline) {
    this.source = source;
    this.proofs = proofs;
    this.settings = settings;
    this.deadline = deadline;
    this.anchors = owners(settings.anchors());
  }

  @Override
  public synchronized List<Secured> look(List<Question> questions, Instant now) {
    var trusted = settings.trustedResolver().isPresent();
    // All at once; the chain's upper end is mostly known already.
    questions.forEach(question -> begin(question, mode(trusted)));
    if (trusted) {
      return questions.stream().map(this::trusting).toList();
    }
    var proof = proofs.of(questions).filter(known -> known.isOf(now));
    if (proof.isPresent()) {
      proof.get().rests().forEach(question -> begin(question, Query.Mode.UNCHECKED));
      if (proof.get().restsOn(this::content)) {
        return validated(questions, proof.get()::security);
      }
    }
    anchors.forEach(anchor -> begin(new Question(anchor, RecordType.DNSKEY), mode(false)));
    questions.stream()
        .flatMap(question -> cuts(question.name()))
        .distinct()
        .forEach(name -> begin(new Question(name, RecordType.DS), mode(false)));
    var at = proving(now);
    var secured = validated(questions, at::security);
    at.end(questions);
    return secured;
  }

  private Proving proving(Instant now) {
    var known = proving;
    if (known == null || !known.now.equals(now)) {
      known = new Proving(now);
      proving = known;
    }
    return known;
  }

  private List<Secured> validated(List<Question> questions, Function<Question, Security> proof) {
    return questions.stream().map(question -> validated(question, proof)).toList();
  }

  private Optional<Content> content(Question question) {
    return await(question, Query.Mode.UNCHECKED) instanceof SignedMessage.Heard heard
        ? Optional.of(heard.wire().content())
        : Optional.empty();
  }

  /** The names above this one where a zone may begin, below the anchors. */
  private Stream<DnsName> cuts(DnsName name) {
    return Stream.iterate(name.parent(), at -> !at.isRoot(), DnsName::parent)
        .filter(at -> !at.toString().startsWith("_") && !anchors.contains(at))
        .filter(at -> anchors.stream().anyMatch(at::isWithin))
        .limit(MAX_CUTS);
  }

  private static Query.Mode mode(boolean trusted) {
    return trusted ? Query.Mode.SIGNED : Query.Mode.UNCHECKED;
  }

  // ---- By the word of a resolver

  private Secured trusting(Question question) {
    return switch (await(question, Query.Mode.SIGNED)) {
      case SignedMessage.Heard heard ->
          secured(
              question,
              heard,
              heard.isAuthenticated()
                  ? new Security.Secure()
                  : new Security.Insecure(true, "the trusted resolver found no signatures"),
              by(heard));
      case SignedMessage.Unheard(var unanswered) -> withheld(question, unanswered);
    };
  }

  /** SERVFAIL alone may be an outage; when checking is turned off and there is an answer, not. */
  private Secured withheld(Question question, Answer.Unanswered unanswered) {
    if (unanswered.failure() == Answer.Failure.SERVFAIL
        && !saysOutage(unanswered.why())
        && await(question, Query.Mode.UNCHECKED) instanceof SignedMessage.Heard heard) {
      return secured(
          question,
          heard,
          new Security.Bogus(
              "the resolver withholds it (%s) and gives it when told not to check"
                  .formatted(unanswered.why())),
          by(heard));
    }
    return unseen(question, unanswered);
  }

  /** RFC 8914: it could not reach who would have to be asked for keys. */
  private static boolean saysOutage(String why) {
    return why.contains("(EDE 22 ") || why.contains("(EDE 23 ");
  }

  private static String by(SignedMessage.Heard heard) {
    return "resolver " + heard.answer().server();
  }

  private static Secured unseen(Question question, Answer.Unanswered unanswered) {
    return new Secured(question, unanswered, new Security.Unseen(unanswered.why()), List.of(), "");
  }

  // ---- By ourselves

  private Secured validated(Question question, Function<Question, Security> proof) {
    return switch (await(question, Query.Mode.UNCHECKED)) {
      case SignedMessage.Unheard(var unanswered) -> unseen(question, unanswered);
      case SignedMessage.Heard heard -> {
        var anchor = anchors.stream().filter(question.name()::isWithin).findFirst();
        if (anchor.isEmpty()) {
          yield without(
              question,
              heard,
              new Security.Indeterminate("no trust anchor stands above " + question.name()));
        }
        var trouble = troubleWith(anchor.get());
        yield trouble.isPresent()
            ? without(question, heard, trouble.get())
            : secured(question, heard, proof.apply(question), Secured.OURSELVES);
      }
    };
  }

  /** Why the anchor's keys are of no use where we ask; nothing below it could be validated. */
  private Optional<Security> troubleWith(DnsName anchor) {
    var question = new Question(anchor, RecordType.DNSKEY);
    return switch (await(question, Query.Mode.UNCHECKED)) {
      case SignedMessage.Unheard(var unanswered) ->
          Optional.of(
              new Security.Unseen(
                  "the keys of the trust anchor %s: %s".formatted(anchor, unanswered.why())));
      case SignedMessage.Heard(Answer.Found _, var wire, _) ->
          wire.content().signatures().isEmpty()
              ? Optional.of(
                  new Security.Indeterminate(
                      "the resolver does not pass on the signatures of the trust anchor " + anchor))
              : Optional.empty();
      case SignedMessage.Heard _ ->
          Optional.of(
              new Security.Indeterminate(
                  "the resolver knows no keys of the trust anchor " + anchor));
    };
  }

  /** Keys that were validated for one question are at hand for the next. */
  private final class Proving {
    private final Instant now;
    private final Head head = new Head();
    private final Map<Question, Security> securities = new HashMap<>();
    private @Nullable ValidatingResolver validating;

    Proving(Instant now) {
      this.now = now;
    }

    private ValidatingResolver validating() {
      var known = validating;
      if (known == null) {
        known = new ValidatingResolver(head, Clock.fixed(now, ZoneOffset.UTC));
        try {
          known.loadTrustAnchors(stream(settings.anchors()));
        } catch (IOException impossible) {
          throw new IllegalStateException("anchors that were read before", impossible);
        }
        validating = known;
      }
      return known;
    }

    /** Again and again until nothing is missing. */
    Security security(Question question) {
      for (var round = 0; round < MAX_QUESTIONS; round++) {
        var security = attempt(question);
        var missing = head.missing();
        if (missing.isEmpty()) {
          securities.put(question, security);
          return security;
        }
        if (await(missing.get(), Query.Mode.UNCHECKED) instanceof SignedMessage.Unheard(var why)) {
          return new Security.Unseen(missing.get() + ": " + why.why());
        }
      }
      return new Security.Indeterminate("the chain of signatures has no end");
    }

    /** What was proved may be remembered, if all was. */
    void end(List<Question> questions) {
      var proved = new HashMap<>(securities);
      proved.keySet().retainAll(questions);
      if (!questions.isEmpty() && proved.keySet().containsAll(questions)) {
        proofs.keep(questions, head.given(), now, proved);
      }
    }

    private Security attempt(Question question) {
      try {
        var name = Name.fromString(question.name().toString(), Name.root);
        var query =
            Message.newQuery(
                Record.newRecord(name, question.type().code(), org.xbill.DNS.DClass.IN));
        var reply =
            validating()
                .sendAsync(query, Runnable::run)
                .toCompletableFuture()
                .get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
        if (reply.getHeader().getFlag(Flags.AD)) {
          return new Security.Secure();
        }
        var reason = reason(reply);
        return switch (reply.getHeader().getRcode()) {
          case Rcode.SERVFAIL -> new Security.Bogus(reason);
          default -> new Security.Insecure(true, reason);
        };
      } catch (ExecutionException | CompletionException failed) {
        return failed(question, failed.getCause() == null ? failed : failed.getCause());
      } catch (TimeoutException _) {
        return new Security.Unseen("no time left to validate");
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Security.Unseen("interrupted");
      } catch (IOException | RuntimeException failed) {
        return failed(question, failed);
      }
    }
  }

  private static Security failed(Question question, Throwable cause) {
    LOG.debug("validating {} failed", question, cause);
    return new Security.Indeterminate("the validator gave up: " + clean(String.valueOf(cause)));
  }

  /** The reason that dnsjava adds as a TXT record of a class of its own. */
  private static String reason(Message reply) {
    var text = new StringBuilder();
    for (var record : reply.getSection(Section.ADDITIONAL)) {
      if (record instanceof TXTRecord txt
          && txt.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS) {
        txt.getStringsAsByteArrays()
            .forEach(string -> text.append(new String(string, StandardCharsets.ISO_8859_1)));
      }
    }
    return clean(text.toString());
  }

  private static String clean(String text) {
    var clean = new StringBuilder();
    text.chars()
        .limit(MAX_REASON)
        .forEach(c -> clean.append(c >= 0x20 && c < 0x7f ? (char) c : ' '));
    return clean.toString().strip();
  }

  /**
   * Without usable keys of an anchor: where there is any trace of DNSSEC, a resolver on this
   * machine may have anchors of its own.
   */
  private Secured without(Question question, SignedMessage.Heard heard, Security otherwise) {
    var trace = trace(question, heard, otherwise);
    if (trace instanceof Security.Insecure || !heard.vouched()) {
      return secured(question, heard, trace, "");
    }
    return switch (await(question, Query.Mode.SIGNED)) {
      case SignedMessage.Heard direct when direct.isAuthenticated() ->
          secured(question, direct, new Security.Secure(), by(direct));
      case SignedMessage.Unheard(var unanswered)
          when unanswered.failure() == Answer.Failure.SERVFAIL ->
          withheld(question, unanswered);
      case SignedMessage.Heard _, SignedMessage.Unheard _ -> secured(question, heard, trace, "");
    };
  }

  /** Signatures, or a DS record of a zone that it may be in. */
  private Security trace(Question question, SignedMessage.Heard heard, Security otherwise) {
    if (!heard.wire().content().signatures().isEmpty()) {
      return otherwise;
    }
    for (var name : zones(question.name())) {
      switch (await(new Question(name, RecordType.DS), Query.Mode.UNCHECKED)) {
        case SignedMessage.Unheard(var unanswered) -> {
          return new Security.Unseen(name + " DS: " + unanswered.why());
        }
        case SignedMessage.Heard(Answer.Found _, _, _) -> {
          return otherwise;
        }
        case SignedMessage.Heard _ -> {}
      }
    }
    return new Security.Insecure(false, "there are neither signatures nor a DS record");
  }

  /** The names of which a zone might begin, the nearest first; the top-level domain is not one. */
  private static List<DnsName> zones(DnsName name) {
    return Stream.iterate(name, at -> at.labels().size() > 1 && !at.isRoot(), DnsName::parent)
        .filter(at -> !at.toString().startsWith("_"))
        .limit(6)
        .toList();
  }

  // ---- Messages

  /** So that it is there, or nearly, when it is waited for. */
  private void begin(Question question, Query.Mode mode) {
    var _ = ask(question, mode);
  }

  private CompletableFuture<SignedMessage> ask(Question question, Query.Mode mode) {
    var asked = new Asked(question, mode);
    var known = memory.get(asked);
    if (known != null) {
      return known;
    }
    if (memory.size() >= MAX_QUESTIONS) {
      return CompletableFuture.completedFuture(
          unheard(Answer.Failure.UNASKABLE, "more than " + MAX_QUESTIONS + " questions"));
    }
    var answer = source.ask(question, mode, deadline.nanoTime());
    memory.put(asked, answer);
    return answer;
  }

  private SignedMessage await(Question question, Query.Mode mode) {
    try {
      return ask(question, mode).get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException _) {
      return unheard(Answer.Failure.TIMEOUT, "no answer before the deadline of this look");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return unheard(Answer.Failure.TIMEOUT, "interrupted");
    } catch (ExecutionException failed) {
      throw new IllegalStateException("asking " + question, failed.getCause());
    }
  }

  private static SignedMessage unheard(Answer.Failure failure, String why) {
    return new SignedMessage.Unheard(new Answer.Unanswered(failure, why, ""));
  }

  private static Secured secured(
      Question question, SignedMessage.Heard heard, Security security, String by) {
    return new Secured(question, heard.answer(), security, heard.wire().content().signatures(), by);
  }

  /**
   * What dnsjava asks through. It may be called on a thread that must not wait, so it answers only
   * what is there, and notes what is missing.
   */
  private final class Head implements Resolver {
    private final Map<Question, Content> given = new ConcurrentHashMap<>();
    private volatile @Nullable Question missing;

    /** All that the validation read. */
    Map<Question, Content> given() {
      return Map.copyOf(given);
    }

    /** What was missing in the last attempt. */
    Optional<Question> missing() {
      var question = Optional.ofNullable(missing);
      missing = null;
      return question;
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
      return sendAsync(query);
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query) {
      try {
        return CompletableFuture.completedFuture(answer(query.getQuestion()));
      } catch (IOException failed) {
        return CompletableFuture.failedFuture(failed);
      }
    }

    private Message answer(Record asked) throws IOException {
      var name = DnsName.parse(asked.getName().toString());
      var type =
          Stream.of(RecordType.values())
              .filter(known -> known.code() == asked.getType())
              .findFirst();
      if (name.isEmpty() || type.isEmpty()) {
        throw new IOException("%s cannot be asked for".formatted(clean(asked.toString())));
      }
      var question = new Question(name.get(), type.get());
      var known = memory.get(new Asked(question, Query.Mode.UNCHECKED));
      if (known != null && known.isDone() && known.join() instanceof SignedMessage.Heard heard) {
        given.put(question, heard.wire().content());
        return new Message(heard.wire().array());
      }
      missing = question;
      throw new IOException(question + " is not there yet");
    }

    @Override
    public Duration getTimeout() {
      return deadline.remaining();
    }

    @Override
    public void setPort(int port) {}

    @Override
    public void setTCP(boolean flag) {}

    @Override
    public void setIgnoreTruncation(boolean flag) {}

    @Override
    public void setEDNS(int version, int payload, int flags, List<EDNSOption> options) {}

    @Override
    public void setTSIGKey(TSIG key) {}

    @Override
    public void setTimeout(Duration timeout) {}
  }

  // ---- Anchors

  /**
   * The DS and DNSKEY records of a text, one a line; comments begin with a semicolon.
   *
   * @throws IllegalArgumentException when there is none, or something else
   */
  static List<String> anchors(String text) {
    var anchors = new ArrayList<String>();
    text.lines()
        .map(line -> line.indexOf(';') < 0 ? line : line.substring(0, line.indexOf(';')))
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .forEach(
            line -> {
              if (records(List.of(line)).size() != 1) {
                throw new IllegalArgumentException(
                    "not one DS or DNSKEY record on a line: " + clean(line));
              }
              anchors.add(line);
            });
    if (anchors.isEmpty()) {
      throw new IllegalArgumentException("no DS or DNSKEY record in it");
    }
    return anchors;
  }

  private static List<Record> records(List<String> lines) {
    var records = new ArrayList<Record>();
    try (var master = new Master(stream(lines), Name.root, 0)) {
      for (var record = master.nextRecord(); record != null; record = master.nextRecord()) {
        if (!(record instanceof DNSKEYRecord) && record.getType() != Type.DS) {
          throw new IllegalArgumentException(
              "neither a DS nor a DNSKEY record: " + clean(String.valueOf(record)));
        }
        records.add(record);
      }
    } catch (IOException wrong) {
      throw new IllegalArgumentException(
          "not a DS or DNSKEY record: %s: %s"
              .formatted(clean(String.join(" ", lines)), clean(String.valueOf(wrong.getMessage()))),
          wrong);
    }
    return records;
  }

  /** Whose they are, the longest name first. */
  private static List<DnsName> owners(List<String> anchors) {
    return records(anchors).stream()
        .map(record -> DnsName.of(record.getName().toString()))
        .distinct()
        .sorted((a, b) -> b.labels().size() - a.labels().size())
        .toList();
  }

  private static ByteArrayInputStream stream(List<String> lines) {
    return new ByteArrayInputStream(
        (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
