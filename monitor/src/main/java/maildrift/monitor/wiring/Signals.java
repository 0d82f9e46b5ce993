package maildrift.monitor.wiring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of signals. The JDK has them only in {@code sun.misc}, which javac warns of even where it
 * is meant to be used; so it is reached by name, and a machine without it merely does not reload on
 * SIGHUP.
 */
public final class Signals {
  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * Runs {@code action}, on a thread of its own, at each signal.
   *
   * @param name without SIG, e.g. {@code HUP}
   */
  public static void on(String name, Runnable action) {
    try {
      var signal = Class.forName("sun.misc.Signal");
      var handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler calls =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  Thread.ofVirtual().name("signal " + name).start(action);
                  yield null;
                }
                // The JVM keeps handlers in a map: each is only equal to itself.
                case "equals" ->
                    arguments != null
                        && System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "handler of SIG" + name;
              };
      var proxy =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, calls);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException | IllegalArgumentException problem) {
      LOG.warn("SIG{} is not heard here: {}", name, problem.toString());
    }
  }
}
