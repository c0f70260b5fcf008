#pragma once

#include "judge/story/conversation_story.h"

namespace wireproof {

inline const StoryNames kNames{"client.py", "server.py"};

}  // namespace wireproof
