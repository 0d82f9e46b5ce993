package maildrift.monitor.check;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import maildrift.probes.Deadline;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.Dns;
import maildrift.probes.dns.DnsDoor;
import maildrift.probes.dns.Dnssec;
import maildrift.probes.dns.NameServers;
import maildrift.probes.dns.OneResolver;
import maildrift.probes.dns.Question;
import maildrift.probes.https.Https;
import maildrift.probes.https.SharedHttps;
import maildrift.probes.netblocks.Feeds;
import maildrift.probes.smtp.SharedSmtp;
import maildrift.probes.smtp.Smtp;

/** The real doors: one DNS door and one SMTP door for everything that a process looks at. */
public final class OutsideDoors implements Doors, AutoCloseable {
  private final DnsDoor dns;
  private final SharedSmtp smtp;
  private final SharedHttps https;
  private final boolean allowsPrivate;
  private final Heard heard;
  private final Feeds feeds;

  /** Hears what comes of what the resolvers are asked, through the cache or not; must be quick. */
  public interface Heard {
    /** Some of it was answered. */
    void answered();

    /** None of it was. */
    default void unanswered() {}
  }

  /**
   * @param allowsPrivate whether the operator means private addresses to be looked at
   * @param heard hears of the resolvers' answers
   */
  public OutsideDoors(
      DnsDoor dns, SharedSmtp smtp, SharedHttps https, boolean allowsPrivate, Heard heard) {
    this(dns, smtp, https, allowsPrivate, heard, Feeds.NONE);
  }

  private OutsideDoors(
      DnsDoor dns,
      SharedSmtp smtp,
      SharedHttps https,
      boolean allowsPrivate,
      Heard heard,
      Feeds feeds) {
    this.feeds = feeds;
    this.dns = dns;
    this.smtp = smtp;
    this.https = https;
    this.allowsPrivate = allowsPrivate;
    this.heard = heard;
  }

  /** The same doors, and feeds besides. */
  public OutsideDoors with(Feeds read) {
    return new OutsideDoors(dns, smtp, https, allowsPrivate, heard, read);
  }

  @Override
  public Door open(Look look, Deadline deadline) {
    return switch (look) {
      case REGULAR ->
          new Opened(
              dns.cached(deadline),
              dns.cached(deadline),
              dns.dnssec(deadline),
              dns.nameServers(deadline),
              smtp.within(deadline),
              https.within(deadline),
              deadline,
              heard,
              Set::of);
      case SECOND_OPINION ->
          new Opened(
              dns.fresh(deadline),
              dns.freshFromResolvers(deadline),
              dns.freshDnssec(deadline),
              dns.freshNameServers(deadline),
              smtp.fresh(deadline),
              https.fresh(deadline),
              deadline,
              new Silence(),
              Set::of);
      // A chain of trust leads through zones of others: the resolvers find its keys.
      case AUTHORITATIVE -> {
        var own = dns.authoritative(deadline);
        yield new Opened(
            own,
            dns.freshFromResolvers(deadline),
            dns.freshDnssec(deadline),
            dns.freshNameServers(deadline),
            smtp.fresh(deadline),
            https.fresh(deadline),
            deadline,
            new Silence(),
            own::secondHand);
      }
    };
  }

  /** Forgets all that was heard, so that the next look asks anew. */
  public void forget() {
    dns.forget();
    smtp.forget();
    https.forget();
  }

  /** What was heard so far is that much older; for who simulates time. */
  public void older(Duration by) {
    dns.older(by);
    smtp.forget();
    https.forget();
  }

  public DnsDoor dnsDoor() {
    return dns;
  }

  @Override
  public void close() {
    dns.close();
  }

  /**
   * Whoever else is asked proves nothing about the resolvers; that nobody answers is worth asking.
   */
  private final class Silence implements Heard {
    @Override
    public void answered() {
      // Not by the resolvers.
    }

    @Override
    public void unanswered() {
      heard.unanswered();
    }
  }

  /** One look's network. Probes use it from several threads. */
  private final class Opened implements Door {
    private final Dns dns;
    private final Dns resolvers;
    private final Dnssec dnssec;
    private final NameServers nameServers;
    private final Smtp smtp;
    private final Https https;
    private final Deadline deadline;
    private final Heard heard;
    private final Supplier<Set<Question>> secondHand;
    private final List<Contradiction> contradictions =
        Collections.synchronizedList(new ArrayList<>());

    Opened(
        Dns dns,
        Dns resolvers,
        Dnssec dnssec,
        NameServers nameServers,
        Smtp smtp,
        Https https,
        Deadline deadline,
        Heard heard,
        Supplier<Set<Question>> secondHand) {
      this.heard = heard;
      this.secondHand = secondHand;
      this.resolvers = resolvers;
      this.dnssec = dnssec;
      this.nameServers = nameServers;
      this.dns = questions -> noting(questions, dns.ask(questions));
      this.smtp = smtp;
      this.https = https;
      this.deadline = deadline;
    }

    private List<Answer> noting(List<Question> questions, List<Answer> answers) {
      var any = false;
      for (var i = 0; i < questions.size(); i++) {
        any |= !(answers.get(i) instanceof Answer.Unanswered);
        if (answers.get(i) instanceof Answer.Unanswered(var failure, var why, _)
            && failure == Answer.Failure.INCONSISTENT) {
          var contradiction = new Contradiction(questions.get(i).toString(), why);
          if (!contradictions.contains(contradiction)) {
            contradictions.add(contradiction);
          }
        }
      }
      if (any) {
        heard.answered();
      } else if (!questions.isEmpty()) {
        heard.unanswered();
      }
      return answers;
    }

    @Override
    public Dns dns() {
      return dns;
    }

    @Override
    public Dns resolvers() {
      return resolvers;
    }

    @Override
    public Dnssec dnssec() {
      return dnssec;
    }

    @Override
    public NameServers nameServers() {
      return nameServers;
    }

    @Override
    public List<OneResolver> eachResolver() {
      return OutsideDoors.this.dns.eachResolver(deadline);
    }

    @Override
    public Smtp smtp() {
      return smtp;
    }

    @Override
    public Https https() {
      return https;
    }

    @Override
    public boolean allowsPrivate() {
      return allowsPrivate;
    }

    @Override
    public Feeds feeds() {
      return feeds;
    }

    @Override
    public Deadline deadline() {
      return deadline;
    }

    @Override
    public Set<Question> secondHand() {
      return secondHand.get();
    }

    @Override
    public List<Contradiction> contradictions() {
      synchronized (contradictions) {
        return List.copyOf(contradictions);
      }
    }
  }
}
