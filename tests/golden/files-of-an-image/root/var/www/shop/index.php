<?php
require "/usr/share/php/autoload.php";
require __DIR__ . "/config.php";
