-- Description: init
-- Revision ID: 20261122080000
-- Revises: base
-- Create Date: 2026-11-22 08:00:00 UTC

-- Create "advanced_entities" table
CREATE TABLE `advanced_entities` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `deleted_at` datetime NULL, `email` text NOT NULL, `status` text NOT NULL DEFAULT 'active', `user_id` integer NOT NULL, CONSTRAINT `advanced_entities_users_advanced_entities` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_advanced_entities_email_format` CHECK (email LIKE '%@%.%'), CONSTRAINT `ck_advanced_entities_status_values` CHECK (`status` IN ('active', 'inactive', 'pending')));
-- Create index "uq_advanced_entities_email" to table: "advanced_entities"
CREATE UNIQUE INDEX `uq_advanced_entities_email` ON `advanced_entities` (`email`) WHERE deleted_at IS NULL;
-- Create index "ix_advanced_entities_user_id" to table: "advanced_entities"
CREATE INDEX `ix_advanced_entities_user_id` ON `advanced_entities` (`user_id`);
-- Create "comments" table
CREATE TABLE `comments` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `deleted_at` datetime NULL, `content` text NOT NULL, `post_id` integer NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `comments_users_comments` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE RESTRICT, CONSTRAINT `comments_posts_comments` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE);
-- Create index "ix_comments_post_id" to table: "comments"
CREATE INDEX `ix_comments_post_id` ON `comments` (`post_id`);
-- Create index "ix_comments_user_id" to table: "comments"
CREATE INDEX `ix_comments_user_id` ON `comments` (`user_id`);
-- Create "organizations" table
CREATE TABLE `organizations` (`id` uuid NOT NULL, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `name` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `ck_organizations_name_length` CHECK (length(name) >= 1));
-- Create "ownership_logs" table
CREATE TABLE `ownership_logs` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `post_id` integer NULL, `from_user_id` integer NULL, `to_user_id` integer NULL, CONSTRAINT `ownership_logs_users_ownership_logs_to` FOREIGN KEY (`to_user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ownership_logs_users_ownership_logs_from` FOREIGN KEY (`from_user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ownership_logs_posts_ownership_logs` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL);
-- Create index "ix_ownership_logs_post_id" to table: "ownership_logs"
CREATE INDEX `ix_ownership_logs_post_id` ON `ownership_logs` (`post_id`);
-- Create index "ix_ownership_logs_from_user_id" to table: "ownership_logs"
CREATE INDEX `ix_ownership_logs_from_user_id` ON `ownership_logs` (`from_user_id`);
-- Create index "ix_ownership_logs_to_user_id" to table: "ownership_logs"
CREATE INDEX `ix_ownership_logs_to_user_id` ON `ownership_logs` (`to_user_id`);
-- Create "posts" table
CREATE TABLE `posts` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `updated_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `deleted_at` datetime NULL, `version` integer NOT NULL DEFAULT 1, `title` text NOT NULL, `slug` text NOT NULL, `content` text NULL, `excerpt` text NULL, `category` text NULL, `status` text NOT NULL DEFAULT 'draft', `view_count` integer NOT NULL DEFAULT 0, `published_at` datetime NULL, `user_id` integer NOT NULL, CONSTRAINT `posts_users_posts` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE RESTRICT, CONSTRAINT `ck_posts_slug_length` CHECK (length(slug) >= 1), CONSTRAINT `ck_posts_status_values` CHECK (`status` IN ('draft', 'published', 'archived')), CONSTRAINT `ck_posts_title_length` CHECK (length(title) >= 1), CONSTRAINT `ck_posts_view_count_range` CHECK (view_count >= 0));
-- Create index "ix_posts_status" to table: "posts"
CREATE INDEX `ix_posts_status` ON `posts` (`status`);
-- Create index "ix_posts_status_published_at" to table: "posts"
CREATE INDEX `ix_posts_status_published_at` ON `posts` (`status`, `published_at`);
-- Create index "uq_posts_slug" to table: "posts"
CREATE UNIQUE INDEX `uq_posts_slug` ON `posts` (`slug`) WHERE deleted_at IS NULL;
-- Create index "ix_posts_user_id" to table: "posts"
CREATE INDEX `ix_posts_user_id` ON `posts` (`user_id`);
-- Create "post_likes" table
CREATE TABLE `post_likes` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `post_id` integer NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `post_likes_users_likes` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `post_likes_posts_likes` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE);
-- Create index "uq_post_likes_post_id_user_id" to table: "post_likes"
CREATE UNIQUE INDEX `uq_post_likes_post_id_user_id` ON `post_likes` (`post_id`, `user_id`);
-- Create index "ix_post_likes_user_id" to table: "post_likes"
CREATE INDEX `ix_post_likes_user_id` ON `post_likes` (`user_id`);
-- Create "post_ratings" table
CREATE TABLE `post_ratings` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `rating` integer NOT NULL, `post_id` integer NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `post_ratings_users_ratings` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `post_ratings_posts_ratings` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_post_ratings_rating_range` CHECK (rating >= 1 AND rating <= 5));
-- Create index "uq_post_ratings_post_id_user_id" to table: "post_ratings"
CREATE UNIQUE INDEX `uq_post_ratings_post_id_user_id` ON `post_ratings` (`post_id`, `user_id`);
-- Create index "ix_post_ratings_user_id" to table: "post_ratings"
CREATE INDEX `ix_post_ratings_user_id` ON `post_ratings` (`user_id`);
-- Create "post_shares" table
CREATE TABLE `post_shares` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `post_id` integer NOT NULL, `user_id` integer NULL, CONSTRAINT `post_shares_users_shares` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `post_shares_posts_shares` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE);
-- Create index "ix_post_shares_post_id" to table: "post_shares"
CREATE INDEX `ix_post_shares_post_id` ON `post_shares` (`post_id`);
-- Create index "ix_post_shares_user_id" to table: "post_shares"
CREATE INDEX `ix_post_shares_user_id` ON `post_shares` (`user_id`);
-- Create "post_tags" table
CREATE TABLE `post_tags` (`post_id` integer NOT NULL, `tag_id` integer NOT NULL, PRIMARY KEY (`post_id`, `tag_id`), CONSTRAINT `post_tags_tags_tag` FOREIGN KEY (`tag_id`) REFERENCES `tags` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `post_tags_posts_post` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE);
-- Create index "ix_post_tags_tag_id" to table: "post_tags"
CREATE INDEX `ix_post_tags_tag_id` ON `post_tags` (`tag_id`);
-- Create "post_views" table
CREATE TABLE `post_views` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `view_date` date NOT NULL, `view_count` integer NOT NULL DEFAULT 0, `post_id` integer NOT NULL, CONSTRAINT `post_views_posts_views` FOREIGN KEY (`post_id`) REFERENCES `posts` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_post_views_view_count_range` CHECK (view_count >= 0));
-- Create index "uq_post_views_post_id_view_date" to table: "post_views"
CREATE UNIQUE INDEX `uq_post_views_post_id_view_date` ON `post_views` (`post_id`, `view_date`);
-- Create "products" table
CREATE TABLE `products` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `updated_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `version` integer NOT NULL DEFAULT 1, `name` text NOT NULL, `description` text NULL, `slug` text NOT NULL, `price` integer NOT NULL, `stock` integer NOT NULL DEFAULT 0, `weight` real NULL, `metadata` json NOT NULL, `specifications` json NOT NULL, `is_featured` bool NOT NULL DEFAULT false, `is_digital` bool NOT NULL DEFAULT false, `external_id` uuid NOT NULL, CONSTRAINT `ck_products_name_length` CHECK (length(name) >= 1), CONSTRAINT `ck_products_price_range` CHECK (price > 0), CONSTRAINT `ck_products_slug_length` CHECK (length(slug) >= 1), CONSTRAINT `ck_products_stock_range` CHECK (stock >= 0), CONSTRAINT `ck_products_weight_range` CHECK (weight > 0));
-- Create index "uq_products_slug" to table: "products"
CREATE UNIQUE INDEX `uq_products_slug` ON `products` (`slug`);
-- Create index "uq_products_external_id" to table: "products"
CREATE UNIQUE INDEX `uq_products_external_id` ON `products` (`external_id`);
-- Create "roles" table
CREATE TABLE `roles` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `description` text NULL, `permissions` json NOT NULL, CONSTRAINT `ck_roles_name_length` CHECK (length(name) >= 1));
-- Create index "uq_roles_name" to table: "roles"
CREATE UNIQUE INDEX `uq_roles_name` ON `roles` (`name`);
-- Create "scenarios" table
CREATE TABLE `scenarios` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `title` text NOT NULL, `creator_id` integer NOT NULL, CONSTRAINT `scenarios_users_scenarios` FOREIGN KEY (`creator_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE RESTRICT, CONSTRAINT `ck_scenarios_title_length` CHECK (length(title) >= 1));
-- Create index "ix_scenarios_creator_id" to table: "scenarios"
CREATE INDEX `ix_scenarios_creator_id` ON `scenarios` (`creator_id`);
-- Create "tags" table
CREATE TABLE `tags` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, CONSTRAINT `ck_tags_name_length` CHECK (length(name) >= 1));
-- Create index "uq_tags_name" to table: "tags"
CREATE UNIQUE INDEX `uq_tags_name` ON `tags` (`name`);
-- Create "transfer_logs" table
CREATE TABLE `transfer_logs` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `posts_transferred` integer NOT NULL, `transfer_date` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `from_user_id` integer NULL, `to_user_id` integer NULL, CONSTRAINT `transfer_logs_users_transfer_logs_to` FOREIGN KEY (`to_user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `transfer_logs_users_transfer_logs_from` FOREIGN KEY (`from_user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ck_transfer_logs_posts_transferred_range` CHECK (posts_transferred >= 0));
-- Create index "ix_transfer_logs_from_user_id" to table: "transfer_logs"
CREATE INDEX `ix_transfer_logs_from_user_id` ON `transfer_logs` (`from_user_id`);
-- Create index "ix_transfer_logs_to_user_id" to table: "transfer_logs"
CREATE INDEX `ix_transfer_logs_to_user_id` ON `transfer_logs` (`to_user_id`);
-- Create "users" table
CREATE TABLE `users` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `password` text NOT NULL, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `updated_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `deleted_at` datetime NULL, `version` integer NOT NULL DEFAULT 1, `username` text NOT NULL, `email` text NOT NULL, `name` text NULL, `first_name` text NULL, `last_name` text NULL, `display_name` text NULL, `bio` text NULL, `avatar_url` text NULL, `new_email_format` text NULL, `is_active` bool NOT NULL DEFAULT true, `is_admin` bool NOT NULL DEFAULT false, `is_verified` bool NOT NULL DEFAULT false, `role_names` json NOT NULL, `last_login` datetime NULL, `organization_id` uuid NULL, CONSTRAINT `users_organizations_users` FOREIGN KEY (`organization_id`) REFERENCES `organizations` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ck_users_email_format` CHECK (email LIKE '%@%.%'), CONSTRAINT `ck_users_username_length` CHECK (length(username) >= 3));
-- Create index "ix_users_active_created" to table: "users"
CREATE INDEX `ix_users_active_created` ON `users` (`is_active`, `created_at`);
-- Create index "ix_users_last_login" to table: "users"
CREATE INDEX `ix_users_last_login` ON `users` (`last_login`);
-- Create index "ix_users_active_only" to table: "users"
CREATE INDEX `ix_users_active_only` ON `users` (`id`) WHERE is_active;
-- Create index "uq_users_username" to table: "users"
CREATE UNIQUE INDEX `uq_users_username` ON `users` (`username`) WHERE deleted_at IS NULL;
-- Create index "uq_users_email" to table: "users"
CREATE UNIQUE INDEX `uq_users_email` ON `users` (`email`) WHERE deleted_at IS NULL;
-- Create index "ix_users_organization_id" to table: "users"
CREATE INDEX `ix_users_organization_id` ON `users` (`organization_id`);
-- Create "user_groups" table
CREATE TABLE `user_groups` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `name` text NOT NULL, `joined_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `user_id` integer NOT NULL, CONSTRAINT `user_groups_users_user_groups` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_user_groups_name_length` CHECK (length(name) >= 1));
-- Create index "ix_user_groups_user_id" to table: "user_groups"
CREATE INDEX `ix_user_groups_user_id` ON `user_groups` (`user_id`);
-- Create "user_logs" table
CREATE TABLE `user_logs` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `action` text NOT NULL, `details` text NULL, `timestamp` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `user_id` integer NULL, CONSTRAINT `user_logs_users_logs` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `ck_user_logs_action_length` CHECK (length(action) >= 1));
-- Create index "ix_user_logs_user_id" to table: "user_logs"
CREATE INDEX `ix_user_logs_user_id` ON `user_logs` (`user_id`);
-- Create "user_profiles" table
CREATE TABLE `user_profiles` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `bio` text NULL, `avatar_url` text NULL, `phone` text NULL, `address` text NULL, `date_of_birth` date NULL, `website` text NULL, `linkedin_url` text NULL, `github_url` text NULL, `timezone` text NOT NULL DEFAULT 'UTC', `language` text NOT NULL DEFAULT 'en', `email_notifications` bool NOT NULL DEFAULT true, `user_id` integer NOT NULL, CONSTRAINT `user_profiles_users_profile` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_user_profiles_language_length` CHECK (length(language) >= 2), CONSTRAINT `ck_user_profiles_timezone_length` CHECK (length(timezone) >= 1));
-- Create index "uq_user_profiles_user_id" to table: "user_profiles"
CREATE UNIQUE INDEX `uq_user_profiles_user_id` ON `user_profiles` (`user_id`);
-- Create "user_roles" table
CREATE TABLE `user_roles` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `assigned_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `expires_at` datetime NULL, `is_active` bool NOT NULL DEFAULT true, `revoked_at` datetime NULL, `active_key` integer NULL DEFAULT 1, `role_id` integer NOT NULL, `user_id` integer NOT NULL, `assigned_by` integer NULL, CONSTRAINT `user_roles_users_assigned_roles` FOREIGN KEY (`assigned_by`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE SET NULL, CONSTRAINT `user_roles_users_role_assignments` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `user_roles_roles_assignments` FOREIGN KEY (`role_id`) REFERENCES `roles` (`id`) ON UPDATE NO ACTION ON DELETE RESTRICT, CONSTRAINT `ck_user_roles_active_key` CHECK (is_active = (active_key IS NOT NULL)), CONSTRAINT `ck_user_roles_active_key_range` CHECK (active_key >= 1 AND active_key <= 1));
-- Create index "uq_user_roles_user_id_role_id_active_key" to table: "user_roles"
CREATE UNIQUE INDEX `uq_user_roles_user_id_role_id_active_key` ON `user_roles` (`user_id`, `role_id`, `active_key`);
-- Create index "ix_user_roles_role_id" to table: "user_roles"
CREATE INDEX `ix_user_roles_role_id` ON `user_roles` (`role_id`);
-- Create index "ix_user_roles_assigned_by" to table: "user_roles"
CREATE INDEX `ix_user_roles_assigned_by` ON `user_roles` (`assigned_by`);
-- Create "user_sessions" table
CREATE TABLE `user_sessions` (`id` integer NOT NULL PRIMARY KEY AUTOINCREMENT, `created_at` datetime NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')), `token_hash` text NOT NULL, `is_active` bool NOT NULL DEFAULT true, `expires_at` datetime NOT NULL, `user_id` integer NOT NULL, CONSTRAINT `user_sessions_users_sessions` FOREIGN KEY (`user_id`) REFERENCES `users` (`id`) ON UPDATE NO ACTION ON DELETE CASCADE, CONSTRAINT `ck_user_sessions_token_hash_length` CHECK (length(token_hash) >= 1));
-- Create index "uq_user_sessions_token_hash" to table: "user_sessions"
CREATE UNIQUE INDEX `uq_user_sessions_token_hash` ON `user_sessions` (`token_hash`);
-- Create index "ix_user_sessions_user_id" to table: "user_sessions"
CREATE INDEX `ix_user_sessions_user_id` ON `user_sessions` (`user_id`);
