#include "machine/trace/socket_book.h"

#include "catch.h"

namespace wireproof {

namespace {

constexpr pid_t kParent = 100;
constexpr pid_t kChild = 101;

SocketFacts connection(std::uint64_t inode) {
  SocketFacts facts;
  facts.inode = inode;
  facts.kind = SocketKind::tcp;
  return facts;
}

using Holders = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("a descriptor of which nothing was told is unknown, not a file", "[trace]") {
  SocketBook book;
  CHECK_FALSE(book.find(kParent, 3));
  book.note_other(kParent, 3);
  CHECK(book.find(kParent, 3) == 0U);
  book.forget_others(kParent);
  CHECK_FALSE(book.find(kParent, 3));
}

TEST_CASE("a socket is held until its last descriptor is released", "[trace]") {
  SocketBook book;
  const auto id = book.create(connection(7)).id;
  book.hold(kParent, 3, id);
  book.hold(kParent, 4, id);
  book.hold(kChild, 3, id);
  CHECK(book.holders(id) == Holders{kParent, kChild});
  CHECK(book.release(kParent, 3) == id);
  CHECK(book.holders(id) == Holders{kParent, kChild});
  CHECK(book.release(kParent, 4) == id);
  CHECK(book.holders(id) == Holders{kChild});
  book.forget(kChild);
  CHECK(book.holders(id).empty());
}

TEST_CASE("who has a process's table holds what it holds, and closes it for both", "[trace]") {
  SocketBook book;
  const auto first = book.create(connection(7)).id;
  const auto second = book.create(connection(8)).id;
  book.hold(kParent, 3, first);
  book.share_table(kParent, kChild);
  CHECK(book.holders(first) == Holders{kParent, kChild});
  book.hold(kChild, 4, second);
  CHECK(book.find(kParent, 4) == second);
  CHECK(book.holders(second) == Holders{kParent, kChild});
  CHECK(book.release(kChild, 3) == first);
  CHECK(book.holders(first).empty());
  CHECK_FALSE(book.find(kParent, 3));
  // With a copy of its own it closes for itself alone.
  book.unshare_table(kChild);
  CHECK(book.release(kChild, 4) == second);
  CHECK(book.holders(second) == Holders{kParent});
  CHECK(book.find(kParent, 4) == second);
}

TEST_CASE("a socket is met again by its inode, and a new one takes over a used inode", "[trace]") {
  SocketBook book;
  const auto first = book.create(connection(7)).id;
  CHECK(book.meet(connection(7)).id == first);
  const auto second = book.create(connection(7)).id;
  CHECK(second != first);
  CHECK(book.meet(connection(7)).id == second);
}

TEST_CASE("duplicates of an epoll instance share what it waits for", "[trace]") {
  SocketBook book;
  (*book.epoll(kParent, 5))[8] = {1, 2, 3};
  book.share_epolls(kParent, kChild);
  (*book.epoll(kChild, 5))[9] = {1, 2, 3};
  CHECK(book.epoll(kParent, 5)->size() == 2);
}

}  // namespace wireproof
