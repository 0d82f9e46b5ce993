package maildrift.alerts.notify;

import java.util.Optional;
import java.util.function.Function;

/**
 * A kind of receiver, as the configuration knows it.
 *
 * @param key in the configuration: {@code oncall: {webhook: {…}}}
 * @param what it does, in a sentence
 * @param read makes the receiver of its settings; empty where they are not enough, which they have
 *     said by then. An IllegalArgumentException is a problem of the receiver as a whole
 */
public record ReceiverKind(
    String key, String what, Function<Settings, Optional<? extends Receiver>> read) {}
