-- Description: init
-- Revision ID: 20261122080000
-- Reverts to: base
-- Create Date: 2026-11-22 08:00:00 UTC
-- Risk: destructive: table advanced_entities and its rows are dropped
-- Risk: destructive: table comments and its rows are dropped
-- Risk: destructive: table organizations and its rows are dropped
-- Risk: destructive: table ownership_logs and its rows are dropped
-- Risk: destructive: table post_likes and its rows are dropped
-- Risk: destructive: table post_ratings and its rows are dropped
-- Risk: destructive: table post_shares and its rows are dropped
-- Risk: destructive: table post_tags and its rows are dropped
-- Risk: destructive: table post_views and its rows are dropped
-- Risk: destructive: table posts and its rows are dropped
-- Risk: destructive: table products and its rows are dropped
-- Risk: destructive: table roles and its rows are dropped
-- Risk: destructive: table scenarios and its rows are dropped
-- Risk: destructive: table tags and its rows are dropped
-- Risk: destructive: table transfer_logs and its rows are dropped
-- Risk: destructive: table user_groups and its rows are dropped
-- Risk: destructive: table user_logs and its rows are dropped
-- Risk: destructive: table user_profiles and its rows are dropped
-- Risk: destructive: table user_roles and its rows are dropped
-- Risk: destructive: table user_sessions and its rows are dropped
-- Risk: destructive: table users and its rows are dropped

-- Drop "advanced_entities" table
DROP TABLE "advanced_entities";
-- Drop "products" table
DROP TABLE "products";
-- Drop "comments" table
DROP TABLE "comments";
-- Drop "ownership_logs" table
DROP TABLE "ownership_logs";
-- Drop "post_likes" table
DROP TABLE "post_likes";
-- Drop "post_ratings" table
DROP TABLE "post_ratings";
-- Drop "post_shares" table
DROP TABLE "post_shares";
-- Drop "post_tags" table
DROP TABLE "post_tags";
-- Drop "post_views" table
DROP TABLE "post_views";
-- Drop "posts" table
DROP TABLE "posts";
-- Drop "scenarios" table
DROP TABLE "scenarios";
-- Drop "transfer_logs" table
DROP TABLE "transfer_logs";
-- Drop "user_groups" table
DROP TABLE "user_groups";
-- Drop "user_logs" table
DROP TABLE "user_logs";
-- Drop "user_profiles" table
DROP TABLE "user_profiles";
-- Drop "user_roles" table
DROP TABLE "user_roles";
-- Drop "user_sessions" table
DROP TABLE "user_sessions";
-- Drop "users" table
DROP TABLE "users";
-- Drop "organizations" table
DROP TABLE "organizations";
-- Drop "roles" table
DROP TABLE "roles";
-- Drop "tags" table
DROP TABLE "tags";
