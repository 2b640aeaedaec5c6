<?php
function send() {}
