-- atlas:nolint index-blocks-writes

-- Description: search of posts
-- Revision ID: 20261122133940
-- Revises: 20261122080000
-- Create Date: 2026-11-22 13:39:40 UTC
-- Risk: locking: while index posts_search is built, nobody can write to posts

-- Create index "posts_search" to table: "posts"
CREATE INDEX "posts_search" ON "posts" USING gin ((to_tsvector('simple'::regconfig, regexp_replace((((((COALESCE(title, ''::character varying))::text || ' '::text) || COALESCE(content, ''::text)) || ' '::text) || COALESCE(excerpt, ''::text)), '[\u0021-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u007f\ufe00-\ufe0f]+'::text, ' '::text, 'g'::text))));
