#include "servers/serving/client_serving.h"

#include <utility>

namespace wireproof {

std::unique_ptr<ClientServing> make_client_serving(ServeWay way, ServedSocket socket) {
  switch (way) {
    case ServeWay::threads:
      return serve_by_threads(std::move(socket));
    case ServeWay::select:
      return serve_by_select(std::move(socket));
    case ServeWay::serial:
      return serve_one_by_one(std::move(socket));
    case ServeWay::fork:
      return serve_by_fork(std::move(socket));
  }
  return nullptr;
}

}  // namespace wireproof
