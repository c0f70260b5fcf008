#include "servers/faults/fault_tables.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "servers/protocols/unicode_text.h"

namespace wireproof {
namespace {

class WrappedStream : public StreamProtocol {
 public:
  explicit WrappedStream(std::unique_ptr<StreamProtocol> inner) : inner_(std::move(inner)) {}

  Actions on_open() override { return inner_->on_open(); }
  Actions on_bytes(ByteView bytes) override { return inner_->on_bytes(bytes); }
  Actions on_eof() override { return inner_->on_eof(); }

 protected:
  StreamProtocol& inner() { return *inner_; }

 private:
  std::unique_ptr<StreamProtocol> inner_;
};

class KeepAtEof : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {{}, Ending::keep}; }
};

class ReadOnAtEof : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {{}, Ending::none}; }
};

class AnswerEofOnce : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {inner().on_bytes({}).sends, Ending::close}; }
};

class AnswerEofAlways : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_eof() override { return {inner().on_bytes({}).sends, Ending::none}; }
};

class NeverClose : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_bytes(ByteView bytes) override {
    return {WrappedStream::on_bytes(bytes).sends, Ending::none};
  }
};

class CloseBeforeReply : public WrappedStream {
 public:
  using WrappedStream::WrappedStream;
  Actions on_bytes(ByteView bytes) override {
    Actions actions = WrappedStream::on_bytes(bytes);
    if (actions.sends.empty()) return actions;
    return {{}, Ending::close};
  }
};

class ForgetAfterBadInput : public WrappedStream {
 public:
  ForgetAfterBadInput(std::unique_ptr<StreamProtocol> inner, bool decodes_text)
      : WrappedStream(std::move(inner)), decodes_text_(decodes_text) {}

  Actions on_bytes(ByteView bytes) override {
    if (decodes_text_ && !std::ranges::equal(valid_utf8(bytes), bytes)) return {{}, Ending::keep};
    Actions actions = WrappedStream::on_bytes(bytes);
    if (actions.ending == Ending::refuse) actions.ending = Ending::keep;
    return actions;
  }

 private:
  bool decodes_text_;
};

template <class Wrapper, class... Arguments>
void wrap_streams(Service& service, Arguments... arguments) {
  service.open_stream = [open = service.open_stream, arguments...] {
    return std::make_unique<Wrapper>(open(), arguments...);
  };
}

}  // namespace

void keep_at_eof(Service& service) {
  wrap_streams<KeepAtEof>(service);
}

void read_on_at_eof(Service& service) {
  wrap_streams<ReadOnAtEof>(service);
}

void answer_eof_once(Service& service) {
  wrap_streams<AnswerEofOnce>(service);
}

void answer_eof_always(Service& service) {
  wrap_streams<AnswerEofAlways>(service);
}

void never_close(Service& service) {
  wrap_streams<NeverClose>(service);
}

void close_before_reply(Service& service) {
  wrap_streams<CloseBeforeReply>(service);
}

void forget_after_bad_input(Service& service, bool decodes_text) {
  wrap_streams<ForgetAfterBadInput>(service, decodes_text);
}

}  // namespace wireproof
