package maildrift.monitor.wiring;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import maildrift.monitor.store.MemoryStore;
import maildrift.monitor.store.StateStore;
import maildrift.monitor.store.StoreFailure;

/** A store in memory that takes no batch while it is told so. */
final class FailingStore {
  private final StateStore real = new MemoryStore();
  private final AtomicInteger pass = new AtomicInteger();
  private final AtomicInteger fail = new AtomicInteger();
  private volatile CountDownLatch hung = new CountDownLatch(0);

  StateStore store() {
    return (StateStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(), new Class<?>[] {StateStore.class}, this::call);
  }

  private Object call(Object proxy, Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("submit")) {
      hung.await();
    }
    if (method.getName().equals("commit")
        && pass.getAndUpdate(left -> Math.max(0, left - 1)) == 0
        && fail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new StoreFailure("the test says no");
    }
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException thrown) {
      throw thrown.getCause();
    }
  }

  /** Takes the next {@code good} batches, and refuses the {@code bad} ones after them. */
  void fail(int good, int bad) {
    pass.set(good);
    fail.set(bad);
  }

  /** Answers nobody from now on. */
  void hang() {
    hung = new CountDownLatch(1);
  }

  void heal() {
    hung.countDown();
    fail(0, 0);
  }
}
