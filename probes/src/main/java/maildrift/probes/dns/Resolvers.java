package maildrift.probes.dns;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Several resolvers as one: the next is asked when one fails, all within the question's time. Where
 * a server knows only the beginning of a CNAME chain, the rest is asked for.
 */
final class Resolvers {
  private final Transport transport;
  private final List<Upstream> upstreams;
  private final Duration timeout;

  Resolvers(Transport transport, List<Upstream> upstreams, Duration timeout) {
    this.transport = transport;
    this.upstreams = List.copyOf(upstreams);
    this.timeout = timeout;
  }

  /** The same ones, asked in the opposite order. */
  Resolvers reversed() {
    return new Resolvers(transport, upstreams.reversed(), timeout);
  }

  /** What they failed at is that much longer ago. */
  void older(Duration by) {
    upstreams.forEach(upstream -> upstream.older(by));
  }

  /** Each of them alone, by its name; their sockets and rates are these. */
  Map<String, Resolvers> each() {
    var each = new LinkedHashMap<String, Resolvers>();
    upstreams.forEach(
        upstream ->
            each.put(upstream.name(), new Resolvers(transport, List.of(upstream), timeout)));
    return each;
  }

  /** Past every cache. {@code heard} is called once and must not block. */
  void ask(Question question, long latest, Consumer<Answer> heard) {
    ask(question, latest, _ -> Optional.empty(), heard);
  }

  /**
   * Asks.
   *
   * @param latest until when our own rate limit may hold the question back
   * @param known may spare a question for the end of a chain
   * @param heard called once; must not block
   */
  void ask(
      Question question,
      long latest,
      Function<Question, Optional<Answer>> known,
      Consumer<Answer> heard) {
    transport.ask(
        question,
        upstreams,
        latest,
        timeout,
        (reply, exchange) -> {
          switch (reply) {
            case Reply.Said said -> heard.accept(said.answer());
            case Reply.Continues chain ->
                new Following(question, exchange.deadline, known, heard).follow(chain, exchange);
            case Reply.Failed failed -> heard.accept(unanswered(failed, exchange));
            case Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ ->
                throw new IllegalStateException("the transport settles this itself: " + reply);
          }
        });
  }

  /**
   * Asks for the whole message, with signatures. {@code heard} is called once and must not block.
   *
   * @param mode not the plain one
   * @param latest until when our own rate limit may hold the question back
   */
  void askForAll(Question question, Query.Mode mode, long latest, Consumer<SignedMessage> heard) {
    transport.ask(
        question,
        mode,
        upstreams,
        latest,
        timeout,
        (reply, exchange) -> {
          var vouched = !exchange.servers.isEmpty() && exchange.server().source.validates();
          heard.accept(
              switch (reply) {
                case Reply.Whole(Reply.Said(var answer), var message) ->
                    new SignedMessage.Heard(answer, message, vouched);
                case Reply.Whole(Reply.Continues chain, _) ->
                    new SignedMessage.Unheard(
                        new Answer.Unanswered(
                            Answer.Failure.CHAIN,
                            "the alias of %s is not followed to its end by the server"
                                .formatted(chain.aliases().getLast()),
                            exchange.server().name()));
                case Reply.Failed failed -> new SignedMessage.Unheard(unanswered(failed, exchange));
                case Reply.Whole _,
                    Reply.Said _,
                    Reply.Continues _,
                    Reply.Truncated _,
                    Reply.NoEdns _ ->
                    throw new IllegalStateException("a message as a whole was asked for: " + reply);
              });
        });
  }

  private static Answer.Unanswered unanswered(Reply.Failed failed, Exchange exchange) {
    var server = exchange.servers.isEmpty() ? "" : exchange.server().name();
    return new Answer.Unanswered(failed.failure(), failed.why(), server);
  }

  /** One chain, followed from server to server until its end or the question's deadline. */
  private final class Following {
    private final Question question;
    private final long deadline;
    private final Function<Question, Optional<Answer>> known;
    private final Consumer<Answer> heard;

    Following(
        Question question,
        long deadline,
        Function<Question, Optional<Answer>> known,
        Consumer<Answer> heard) {
      this.question = question;
      this.deadline = deadline;
      this.known = known;
      this.heard = heard;
    }

    void follow(Reply.Continues chain, Exchange last) {
      var next = new Question(chain.aliases().getLast(), question.type());
      var answer = known.apply(next);
      if (answer.isPresent()) {
        end(chain, answer.get());
        return;
      }
      var left = deadline - System.nanoTime();
      if (left <= 0) {
        end(
            chain,
            new Answer.Unanswered(Answer.Failure.TIMEOUT, "no time left", last.server().name()));
        return;
      }
      transport.ask(
          next,
          upstreams,
          deadline,
          Duration.ofNanos(left),
          (reply, exchange) -> {
            switch (reply) {
              case Reply.Said said -> end(chain, said.answer());
              case Reply.Continues more -> goOn(chain, more, exchange);
              case Reply.Failed failed -> end(chain, unanswered(failed, exchange));
              case Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ ->
                  throw new IllegalStateException("the transport settles this itself: " + reply);
            }
          });
    }

    private void goOn(Reply.Continues chain, Reply.Continues more, Exchange exchange) {
      var server = exchange.server().name();
      switch (Chain.extend(question.name(), chain, more)) {
        case Reply.Continues longer -> follow(longer, exchange);
        case Reply.Failed failed ->
            heard.accept(new Answer.Unanswered(failed.failure(), failed.why(), server));
        case Reply.Said _, Reply.Truncated _, Reply.NoEdns _, Reply.Whole _ ->
            throw new IllegalStateException("a chain extended is a chain or too long");
      }
    }

    private void end(Reply.Continues chain, Answer rest) {
      heard.accept(Chain.join(question.name(), chain, rest));
    }
  }
}
