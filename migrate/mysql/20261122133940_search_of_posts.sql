-- atlas:nolint table-rewrite

-- Description: search of posts
-- Revision ID: 20261122133940
-- Revises: 20261122080000
-- Create Date: 2026-11-22 13:39:40 UTC
-- Risk: locking: each row gets a computed value in the new column posts.posts_search, so that the database writes table posts anew, and blocks it meanwhile

-- Modify "posts" table
ALTER TABLE `posts` ADD COLUMN `posts_search` longtext AS (concat('x_',regexp_replace(lcase(concat_ws(' ',`title`,`content`,`excerpt`)),'([^\\p{L}\\p{M}\\p{Nd}]|[\\x{FE00}-\\x{FE0F}])+',' x_'))) STORED, ADD FULLTEXT INDEX `posts_search` (`posts_search`);
