-- Description: search of posts
-- Revision ID: 20261122133940
-- Reverts to: 20261122080000
-- Create Date: 2026-11-22 13:49:08 UTC

-- Drop trigger "posts_search_delete"
DROP TRIGGER `posts_search_delete`;
-- Drop trigger "posts_search_insert"
DROP TRIGGER `posts_search_insert`;
-- Drop trigger "posts_search_update"
DROP TRIGGER `posts_search_update`;
-- Drop virtual table "posts_search"
DROP TABLE `posts_search`;
