<?php
define( 'WPINC', 'wp-includes' );
require ABSPATH . WPINC . '/version.php';
require ABSPATH . WPINC . '/class-wp-locale.php';
