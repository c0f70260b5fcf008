#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace wireproof {

// A thread that does one piece of work after the other for whoever asks. What belongs to a thread
// alone (pid_namespaces(7): the namespace its children are born in) stays with it from one piece to
// the next, and ends with it.
class WorkThread {
 public:
  WorkThread();
  ~WorkThread();
  WorkThread(const WorkThread&) = delete;
  WorkThread& operator=(const WorkThread&) = delete;

  // Returns when the work is done; throws what it throws. A process that the work forks has this
  // thread as its only one. One caller at a time.
  void run(const std::function<void()>& work);

 private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* work_ = nullptr;  // until it is done
  std::exception_ptr error_;
  bool ends_ = false;
  std::thread thread_;
};

}  // namespace wireproof
